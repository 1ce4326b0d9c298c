import { describe, expect, test } from "vitest";
import { addDays, dayAt, daysBetween, isoLocal } from "./clock";
import { linkTo, maskPhone, whatsappLink } from "./handover";
import { uuid7 } from "./ids";
import { stateHash } from "./state";

describe("ids", () => {
  test("are UUIDs of version 7 that sort by time", () => {
    const [early, late] = [uuid7(1_700_000_000_000), uuid7(1_700_000_000_001)];
    expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(early < late).toBe(true);
    expect(parseInt(early.slice(0, 8) + early.slice(9, 13), 16)).toBe(1_700_000_000_000);
  });

  test("do not repeat", () => expect(new Set(Array.from({ length: 5000 }, () => uuid7())).size).toBe(5000));
});

test("the hash of what is held is that of the reference client, whatever the order", async () => {
  const held = [{ type: "order", id: "17", seq: 812 }, { type: "order", id: "4", seq: 3 }, { type: "operation", id: "a", seq: 9 }];
  // tests/storm/phone.py: state_hash([("order", "17", 812), ("order", "4", 3), ("operation", "a", 9)])
  expect(await stateHash(held)).toBe("ade141016c435f9e");
  expect(await stateHash([...held].reverse())).toBe("ade141016c435f9e");
  expect(await stateHash([])).toBe("0000000000000000");
});

describe("days and times", () => {
  test("the day is the witel's, not the phone's", () => {
    const late = new Date("2026-11-26T17:30:00Z");
    expect([dayAt("Asia/Jakarta", late), dayAt("Asia/Jayapura", late), dayAt("UTC", late)]).toEqual(["2026-11-27", "2026-11-27", "2026-11-26"]);
  });

  test("days are counted over the ends of months", () => {
    expect(daysBetween("2026-11-27", "2026-12-02")).toBe(5);
    expect(addDays("2026-12-30", 3)).toBe("2027-01-02");
  });

  test("an instant keeps its offset", () => {
    const at = new Date(1_795_000_000_120);
    expect(new Date(isoLocal(at)).getTime()).toBe(at.getTime());
    expect(isoLocal(at)).toMatch(/\.120[+-]\d\d:\d\d$/);
  });
});

describe("what is handed to other apps", () => {
  const at = { lat: -6.905225129, lon: 107.645589469 };

  test("is the point and our number", () => {
    expect(linkTo("geo", at, "WO1")).toBe("geo:-6.905225,107.645589?q=-6.905225,107.645589(WO1)");
    expect(linkTo("waze", at, "WO1")).toBe("https://waze.com/ul?ll=-6.905225,107.645589&navigate=yes");
  });

  test("a masked number cannot be called", () => expect(maskPhone("+628311151063")).toBe("+62 831 ••• 063"));

  test("WhatsApp gets digits and the text whole", () => expect(whatsappLink("+62 831-11", "a & b?")).toBe("https://wa.me/6283111?text=a%20%26%20b%3F"));
});
