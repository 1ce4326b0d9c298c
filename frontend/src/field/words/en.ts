import type { Words } from "./id";

/** The same in English, by a switch. */
export const en: Words = {
  cancel: "Cancel",
  close: "Close",
  storage_full: "The phone cannot store this; it may be full. Make some room (photos, videos), then try again. Do not close this screen.",
  save: "Save",
  back: "Back",
  skip: "Skip to content",
  places: { orders: "Visits", map: "Map", day: "Day", me: "Me", locate: "Find" },
  winds: ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"],
  units: { second: "s", minute: "min", hour: "h", day: "d" },
  grades: {
    A: "Point A: very sure", B: "Point B: sure", C: "Point C: less sure", D: "Point D: not sure", none: "No point yet",
  },

  sync: {
    offline: "Offline", online: "Online", sending: "Sending …", fetching: "Fetching …", photos: "Sending photos …",
    queue: (n) => `${n} waiting`,
    received: (at) => `✓ ${at}`,
    server: "No answer from the server yet", refused: "The server refuses", retired: "This phone was replaced: finish and send", signed_out: "Sign in again", mismatch: "Contents differ, fetching anew", fault: "Something is wrong in the app", never: "Never",
    next: (s) => `Next try in ${s}`,
    now: "Send and fetch now",
    pull: "Pull to refresh", release: "Let go", open: "State of sending: open Day",
    tidings: (fresh, gone) =>
      [fresh ? `${fresh} new ${fresh === 1 ? "order" : "orders"}` : "", gone ? `${gone} withdrawn: paid, finished or given to another` : ""].filter(Boolean).join(" · "),
  },

  position: {
    none: "no GPS yet",
    accuracy: (m, age) => `GPS ± ${m} · ${age} ago`,
    waiting: "Waiting for GPS …",
    denied: "Location is not allowed. Without it there are no distances. Tap the lock beside the address, choose Permissions, then allow Location.",
    unavailable: "The phone's GPS gives no position yet. Turn Location on, then step outside for a moment.",
    again: "Try again",
  },

  signin: {
    title: "Sign in", username: "User name", password: "Password", otp: "Code of the authenticator app", go: "Sign in",
    intro: "For CTB agents and technicians of Telkom.",
    busy: "Checking …",
    again: "Sign in again to send and fetch. What is stored on this phone stays.",
    lease: (hours) => `This phone has had no contact with the server for more than ${hours} hours. Sign in again to open its copy; nothing is lost.`,
    forgot: "Sign in with your password to make a new PIN. What is stored on this phone stays.",
    other: "This phone holds the copy of another user. Check the spelling of your user name.",
    unsent_there: (n) => `It holds ${n} unsent: its owner has to sign in and send first.`,
    erase_text_unsent: (n) => `${n} unsent ${n === 1 ? "thing is" : "things are"} lost and cannot be brought back.`,
    unreadable: "Your password was changed. Enter your usual PIN, so that the copy on this phone takes the new password.",
    erase: "Delete this copy", erase_sure: "Delete everything on this phone?",
    erase_text: "Nothing in it is unsent.",
    offline: "Signing in needs a signal. Find a place with one, then try again.",
    lost: "A supervisor has reported this phone lost. All it held is deleted. If that is wrong, call your supervisor.",
    retired: "This phone was replaced. Everything here was sent, then deleted from this phone.",
    role: "This app is for CTB agents and technicians. For your role there is the dashboard.",
    dashboard: "Open the dashboard",
    problems: {
      wrong_credentials: "User name or password is wrong.", too_many_attempts: "Too many attempts. Wait 15 minutes, then try again.",
      otp_required: "Enter the code of the authenticator app.", otp_wrong: "The code is wrong or was used before. Wait for the next one.",
      second_factor_required: "This account needs a second factor. Turn it on in the dashboard first, page Security.",
      device_lost: "This phone was reported lost. Call your supervisor.", device_retired: "Another phone took this one's place, or it is somebody else's. Call your supervisor.",
      too_many_phones: "This account uses too many phones. Call your supervisor.",
    },
  },

  pin: {
    choose: "Choose a PIN", unlock: "Enter your PIN", label: "PIN", again: "PIN once more", go: "Open", save: "Save PIN",
    why: "The PIN opens what is on this phone, also without a signal. Do not use a birthday, and do not tell anyone.",
    short: (n) => `The PIN has at least ${n} digits.`, differs: "The two PINs differ.", simple: "This PIN is too easy to guess. Take another.",
    wrong: "Wrong PIN.", wait_more: "Too soon to try again. Wait a moment.", wait: (s) => `Try again in ${s}.`, forgot: "Forgotten? Sign in with your password",
    spent: "Too many wrong PINs: it no longer opens anything. Sign in with your password.", busy: "Opening …",
    old: "Current PIN", next: "New PIN", changed: "The PIN is changed.",
  },

  orders: {
    title: "Visits today", search: "Find a name, number or address", clear: "Clear the search",
    modes: { nearest: "Nearest", route: "Route", due: "Due", promise: "Promises" }, order: "Sort by",
    count: (n) => `${n} ${n === 1 ? "visit" : "visits"}`, resort: "You have moved. Sort again",
    days: (n) => (n < 0 ? "past CT0" : n === 0 ? "CT0 today" : `${n} ${n === 1 ? "day" : "days"}`),
    attempt: (n) => `visit no. ${n}`, promise_today: "promised today", promise_late: "promise overdue",
    promise_on: (day) => `promised ${day}`, risk: (p) => `ATK risk ${p}`, later: (day) => `from ${day}`,
    without: (part) => `no ${part}`, no_address: "No address",
    none: "No visits yet", none_text: "Orders of your supervisor appear here as soon as there is a signal. Pull the screen down to look.",
    loading: "Fetching your orders …", no_match: "Nothing matches", no_match_text: "Check the spelling, or look for a part of the name or number.",
    no_promise: "No promise to pay is running", no_promise_text: "Promises that you record appear here by their day.",
    unfinished: (name) => `The result for ${name} is not finished`, resume: "Go on",
    route_note: "The shortest way in straight lines, computed on the phone from where you are now.",
    later_title: (n) => `${n} set for other days`,
  },
  missing: {
    house_number: "number", street: "street", rt: "RT", rw: "RW", village: "village", district: "district", city: "city", postal_code: "postal code",
  },

  order: {
    on_map: "See on the map", gone: "This order is no longer in your list", gone_text: "It was paid, finished or given to another. Results that you recorded are still sent.",
    within: (m) => `Point within ${m}`, no_point: "No point for this house yet",
    no_point_text: "Go from the ODP and the address, ask neighbours, then mark the house: the next agent will thank you.",
    navigate: "Navigate to the point", navigate_here: "Navigate", call: "Call", whatsapp: "WhatsApp", sms: "SMS", arrive: "Arrived", result: "Enter result", resume: "Go on with result",
    contact: "Contact", contact_title: "Contact the customer", no_phone: "No telephone number", show: "Show number",
    address: "Address", lacking: "Missing", landmark: "Landmark", complete: "complete", bills: "Bills", ct0: "To CT0", last: "Last", balance: "Arrears",
    unpaid: "unpaid", paid: "paid", part: "paid in part", due: (day) => `due ${day}`,
    candidates: "All known points", candidates_note: "Each point can be gone to by itself.",
    history: "History", no_history: "Never visited.", by: (name) => `by ${name}`, trail: (m, mins) => `search trail ${m}, ${mins}`,
    promise: "Promise to pay", notes: "Field notes", notes_edit: "Edit notes", phone: "Other phone", best_time: "Best time",
    notes_saved: "Notes are saved on the phone, and sent when there is a signal.", phone_bad: "Write the number in digits only, 6 to 19.",
    house_here: "Mark the house here", compass: "The last few metres", risk: "Risk of not finding it", advice: "Advice",
    number: "Order", service: "Service number", ask_app: "Open with which app?", remember: "Your choice is remembered; change it in Me.",
    apps: { geo: "The phone's maps", google: "Google Maps", waze: "Waze" },
    sketch: (name) => `Sketch around the point of ${name}, north up`, odp: "ODP", clues: "Clues around it", clues_offline: "Clues of neighbours come when there is a signal.",
    neighbour: (label, m) => `${label} is ${m} from the point`, house: "House", copy: "Copy address", copied: "Address copied.",
    ask_pin: "Ask the customer for the point", ask_pin_note: "The customer gets a link that works once, to send where the house is.", ask_pin_offline: "The link needs a signal.",
  },
  texts: {
    greeting: (agent, part) =>
      `Selamat ${part}, saya ${agent}, petugas Telkom. Saya akan berkunjung ke alamat Anda hari ini. Mohon balas pesan ini: apakah Anda di rumah, dan apa patokan rumahnya? Terima kasih.`,
  },
  sources: {
    INSTALL: "Installation GPS", VISIT: "Visit", AGENT_PIN: "Agent's mark", CUSTOMER_PIN: "Customer's mark", ODP: "ODP", NEIGHBOUR: "Neighbour", VILLAGE: "Village centre",
  },
  candidate_status: { PENDING: "waits for a decision", APPROVED: "approved", REFUTED: "refuted", REJECTED: "rejected" },
  faults: {
    MISSING: "no coordinates", ZERO: "coordinates zero", SWAPPED: "latitude and longitude swapped", SIGN_LOST: "minus sign lost", DECIMAL_LOST: "decimal point lost",
    COARSE: "too coarse", OUTSIDE_COUNTRY: "outside Indonesia", OUTSIDE_AREA: "outside the witel", FAR_FROM_ODP: "far from the ODP", AT_ODP: "at the ODP itself",
    STACKED: "many customers on one point", AT_OFFICE: "an office's point",
  },
  reasons: {
    searched_in_vain: "agents searched here and found no house", reported_elsewhere_m: "reported {} m from here, waits for a decision",
    "fixes_agree:1": "one person stood at this point", fixes_agree: "{} people point to the same place",
    no_fix: "nobody has stood at this house with GPS yet", other_place_m: "may also be {} m from here", best: "mostly from {}",
  },
  risks: {
    address_gaps: "address incomplete", spread: "point uncertain", no_fix: "no GPS of the house", doubtful: "installation point doubtful", odp_far: "far from the ODP",
    contradicted: "point contradicted or reported elsewhere", earlier_atk: "not found before", confirmed: "confirmed", age: "old installation data",
  },
  advices: {
    GO: "Go: the house will most likely be found.", FIX: "Best to correct the address first.", ASK: "Ask the customer for the point before you go.", LOCAL: "Ask neighbours or the head of the RT.",
  },

  arrive: {
    title: "Arrived", at: "I am here", distance: "to the point", margin: (m) => `± ${m}`, accuracy: "GPS accuracy",
    good: "good enough", fair: "rather coarse", poor: "coarse: wait a moment in the open",
    beyond: (m) => `By GPS you are still ${m} from the point. If you are there all the same, write why; the visit counts.`,
    reason: "Reason", reasons: ["Titiknya salah, rumah di sini", "GPS tidak teliti di sini", "Bertemu di tempat lain"],
    no_fix: "No GPS position yet. You may go on without one; write why.", no_point: "This house has no point yet. Your position is kept as evidence.",
    recorded: (at) => `Arrived at ${at}`, go: "Record arrival", anyway: "Record arrival with this reason", need_reason: "Write the reason first.",
    mock: "A web app cannot tell whether another app fakes the position; the server checks whether it is plausible.",
  },

  result: {
    title: "Result", group: "Group", code: "Result",
    groups: {
      MET: "Met", THIRD_PARTY: "Message left", NO_CONTACT: "Not met", MOVED: "Moved", VACANT: "Vacant", DECEASED: "Deceased", ATK: "ATK: not found", UNDONE: "Not done",
    },
    fields: {
      amount: "Amount", promised_on: "Will pay on", next_on: "Visit again on", returns_on: "Returns on", reason: "Reason", receipt: "Receipt number",
      proof: "Proof shown", relation: "Relation to the customer", best_time: "Best time", new_address: "New address", asked: "Whom you asked",
    },
    options: {
      relation: ["Suami/istri", "Orang tua", "Anak", "Saudara", "Tetangga", "Penjaga rumah"],
      best_time: ["Pagi", "Siang", "Sore", "Malam", "Akhir pekan"],
      asked: ["Tetangga kiri-kanan", "Ketua RT", "Warung terdekat", "Satpam"],
    },
    full: "All arrears", half: "Half", note: "Note", note_hint: "What the next agent should know",
    photo: "Photos", add_photo: "+ Photo of the house", photo_kind: "What does it show?", photo_kinds: { HOUSE: "House", ADDRESS: "Number/address", PROOF: "Proof", OTHER: "Other" },
    remove_photo: "Remove photo", photo_bad: "This photo cannot be read. Take it again.", photo_most: (n) => `At most ${n} ${n === 1 ? "photo" : "photos"}.`, photo_saved: (size) => `Photo saved on the phone (${size}).`,
    at_house: "Are you at the house?", yes: "Yes", no: "No", send: "Send result", sent: "Saved on the phone, sent when there is a signal.", first: "Saved on the phone first, sent when there is a signal.",
    kept: " ✓", other_code: "Change result", discard: "Discard this", discard_sure: "Discard this?", discard_text: "What you entered and its photos are deleted from the phone.",
    lacks: {
      code: "Choose the result first.", amount: "Enter the amount.", amount_wrong: "The amount is a number above 0.", promised_on: "Choose the day of payment.", next_on: "Choose the day of the next visit.",
      returns_on: "Choose the day of return.", reason: "Write the reason.", receipt: "Write the receipt's number.", proof: "Write what proof was shown.", relation: "Choose the relation.", best_time: "Choose the time.",
      new_address: "Write the new address.", asked: "Whom did you ask?", note: "Write a note.", rescue: "Before ATK, take the steps of the search.",
      promised_on_past: "The day of payment has passed.", next_on_past: "The day of the visit has passed.", returns_on_past: "The day of return has passed.",
    },
    sent_elsewhere: "This result was sent or discarded in another tab.",
    not_arrived: "You have not recorded your arrival. That is allowed, but a position on arrival strengthens the result.",
    rescue_first: "Steps of the search before ATK", steps_left: (n) => `${n} to go`,
  },

  rescue: {
    title: "Find the house", intro: "One tap for each step. One visit in five ends in ATK (not found); these steps help to find the house.",
    required: "required", done: (n, of) => `${n} of ${of} required steps`, found: "Found", not_found: "No", impossible: "Not possible",
    help: {
      OTHER_POINTS: "Other known points:", ODP: "Follow the cable from the ODP box.", NEIGHBOURS: "Nearest confirmed customers:", LANDMARK: "Landmarks noted:",
      CALL: "Call or send a message.", RT_HEAD: "Ask the head of the RT for the lane and the house number.",
    },
    nothing: "nothing noted", trail: (m, n) => `Search trail recorded: ${m}, ${n} points`, trail_off: "The trail is recorded while this screen is open; a web app cannot record in the background.",
    here: "The house is here", continue_atk: "Go on to an ATK result", found_go: "Found: enter the result",
  },

  pin_house: {
    title: "Mark the house here", text: "Stand at the door. This point helps every agent after you.", go: "The house is here", done: "The point is saved on the phone, and sent when there is a signal. Thank you.",
    coarse: (m) => `GPS is still ± ${m}. It needs ± 50 m or better: step into the open for a moment.`, none: "No GPS position yet.", moved: (m) => `${m} from the present point`, first: "the first point of this house",
    note: "What the house looks like (optional)",
  },

  day: {
    title: "Today", figures: "Your figures today", visits: "visits", met: "met", atk: "ATK", promised: "promised", pins: "houses marked", rescued: "found by searching",
    found_rate: (share) => `houses found: ${share}`, corrected: (n) => `${n} of your ${n === 1 ? "points was" : "points were"} accepted`,
    unsent: "Unsent", unsent_none: "Everything is sent", attention: "Please read", held: "Waiting at the server", received: "Received by the server", earlier: "Days before", photo_refused: "The server did not take a photo", photo_reasons: { too_large: "too large", not_a_picture: "cannot be read", damaged: "damaged", too_many_photos: "enough photos", photo_changed: "another content is there", upload_changed: "another content is there" },
    photos_left: (n) => `${n} ${n === 1 ? "photo" : "photos"} waiting`,
    saved: (at) => `saved ${at}`, got: (at) => `received ${at}`, last: (at) => `Last contact ${at}`, close: "Close the day", ready: "Everything is sent. Thank you for today.",
    not_ready: (n) => `${n} unsent. Leave the app open where there is a signal.`, tomorrow: (n) => `${n} ${n === 1 ? "visit" : "visits"} left for tomorrow`, dismiss: "I have read it", delete: "Delete", delete_sure: "Delete from this phone?", delete_text: "The server does not have it; once deleted it cannot be brought back.", left_today: (n) => `${n} ${n === 1 ? "visit" : "visits"} left today`,
    states: {
      waiting: "saved on the phone", held: "waits for an earlier one", applied: "received", conflict: "received; something differs, the supervisor decides", quarantined: "kept for the supervisor", refused: "not taken", unreadable: "unreadable",
    },
    codes: {
      not_found: "The order or customer is not known for you.", visit_changed: "This visit was received with another content.", schema: "The server cannot read it, and keeps it as it is.",
      invalid: "Something entered was not taken.", trail_changed: "This trail was received with another content.", fix_too_coarse: "The position is too coarse to mark a house.", fix_outside_indonesia: "The position is outside Indonesia.",
      not_at_house: "A point is taken only at the house.", pin_changed: "This mark was received with another content.", too_many_phone_views: "You have looked at as many numbers as a day allows.", not_allowed: "Your role may not do this.",
    },
    supervisor: "Your supervisor sees it.", theirs: "In force", yours: "Your proposal",
    types: { "visit.create": "Visit", "pin.create": "House marked", "customer.note": "Field notes", "position.report": "Position", "phone.view": "Number looked at", "trail.create": "Trail", "rescue.step": "Step" },
    background: "A web app sends only while it is open. Open it again where there is a signal.", empty: "Nothing done today yet", empty_text: "Your visits, marked houses and notes appear here with the time of receipt.",
  },

  me: {
    title: "Me", language: "Language", theme: "Theme", themes: { auto: "As the phone", light: "Light", dark: "Dark" }, navigation: "Navigation app", ask: "Ask",
    storage: "Storage", used: (a, b) => `${a} used of ${b}`, persistent: "protected from being cleared", not_persistent: "the phone may clear it when full", persist: "Protect the storage",
    map: "Offline map", device: "This phone", device_id: "Phone's id", lock: "Lock now", change_pin: "Change PIN", sign_out: "Sign out",
    unsent: (n) => `${n} ${n === 1 ? "thing is" : "things are"} unsent.`, unsent_text: "If you sign out now, that is lost. Find a signal and send first.", send_first: "Send first",
    sign_out_sure: "Sign out of this phone?", sign_out_text: "All orders and receipts on this phone are deleted. What the server has received stays.",
    drafts: (n) => `${n} unfinished`, limits: "What a web app cannot do",
    limits_text: [
      "Position and trail are recorded only while the app is open on the screen, not in the background.", "The browser does not say whether a position is faked; the server checks whether it is plausible.",
      "Sending stops when the app is closed, and goes on when it is opened again.", "The PIN holds off somebody who holds the phone, not somebody who copies its storage with forensic tools. Use the phone's own screen lock, too.",
    ],
    version: "Version", install: "Put on the home screen", help: "Guide", witel: "Witel", signed: "Signed in as", access: "Offline, the copy opens for at most", hours: (n) => `${n} h`,
  },

  locate: {
    title: "Find a customer", placeholder: "Name, service number or address", none: "Find a customer to see where the house is", none_text: "Type a name, a service number or a part of the address. The nearest come first.",
    offline: "Searching needs a signal. Houses that you opened today are below.", recent: "Opened today", more: "Show more", house: "Customer's house",
    no_match: "Nothing matches in your area", no_match_text: "Check the spelling, or look by service number.",
  },

  map: {
    title: "Map", zoom_in: "Zoom in", zoom_out: "Zoom out", circle: "The circle is the true accuracy: the house is inside in two cases of three.", centre: "To my position", all: "All orders", legend: "Legend", without: (n) => `${n} ${n === 1 ? "order" : "orders"} without a point`, offline: "Offline base map: the coast and your own points.", loading: "Loading the map …",
    not_loaded: "The map is not on this phone yet. Open it once where there is a signal.",
    no_webgl: "This phone cannot draw maps. The list and the sketch of each order still work.", open: "Open",
    layers: { orders: "Orders", candidates: "Other points", odp: "ODP", visits: "Earlier visits", trails: "Search trails", searched: "Searched before", me: "Your position" },
    keep: "Keep today's map", keeping: (n, of) => `Keeping the map ${n}/${of}`, kept: (size) => `${size} kept`, keep_none: "The operator offers no base map; the coast is on the phone.", drop: "Delete the offline map", keep_failed: "The map is not complete; try again with a good signal.",
    budget: (size) => `at most ${size}`,
  },

  update: { ready: "A new version is ready.", go: "Use it now", later: "Later" },
  broken: "Something is wrong in the app. What was saved is still there.", reload: "Reload",
};
