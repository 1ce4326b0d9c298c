"""Where people are: every table of the product, whom it holds and what stays of them after an erasure.

A new model fails tests/privacy/test_map.py until it stands here. Where it holds a person, three lines do:

    "photos.VisitPhoto": Held(
        (Way("visit__order__customer"),), "what the agent photographed", gone=True
    ),

and one where it does not: `"photos.Kind": Nobody("the kinds of photo")`. Export, erasure, proof and retention follow.
A table of files needs FILES, too: the function that names a row's files, and the column of their age.
"""

from privacy.left import EMPTIED, journal_row, plain_change, point_gone, random_number, random_order
from privacy.ways import Files, Held, Journal, Line, LoosePhoto, Mention, Nobody, OfVisit, SameRow, Target, Way
from workorders.photo_files import files_of_photo, files_of_upload

HOLDS: dict[str, Held] = {
    # --- the person and the house
    "customers.Customer": Held(
        (Way("pk"),),
        "who is billed; the row stays under a random number, so that orders and visits still count",
        left={
            "service_number": random_number,
            "name": "",
            "phones": "",
            "sto": "",
            "package": "",
            "status": "STOPPED",
            "unpaid_months": 0,
            "unpaid_amount": 0,
        },
    ),
    "customers.Address": Held((Way("customer"),), "where the person lives, as written and as read", gone=True),
    "customers.Bill": Held((Way("customer"),), "period, amount and day of payment stay: what was collected counts"),
    "customers.Installation": Held((Way("customer"),), "the line's provisioning record and point", gone=True),
    "customers.LocationCandidate": Held((Way("customer"),), "every observed point, the customer's own pin", gone=True),
    "customers.ResolvedLocation": Held((Way("customer"),), "the point of the house", gone=True),
    "customers.LocationCorrection": Held(
        (Way("customer"),), "moves of the point, with before and after", gone=True, texts=("reason",)
    ),
    "customers.SearchedPlace": Held((Way("customer"),), "where somebody searched for the house", gone=True),
    "customers.FieldNote": Held(
        (Way("customer"),), "landmark, another phone, the best time", gone=True, texts=("value",)
    ),
    "customers.PinLink": Held((Way("customer"),), "links by which the customer shows the house", gone=True),
    "customers.PointOffer": Held((Line("service_number"),), "what provisioning was offered", gone=True),
    "customers.OfferDelivery": Held(
        (Mention("body"),), "points on their way to provisioning", left={"body": point_gone}
    ),
    # --- the work
    "workorders.WorkOrder": Held(
        (Way("customer"),),
        "state, outcome, witel, agent and balance stay; number and point go",
        left={
            "number": random_order,
            "lat": None,
            "lon": None,
            "mq": None,
            "grade": "",
            "hold_reason": "",
            "is_flagged": False,
            "atk_risk": None,
            "atk_reasons": "",
        },
        texts=("hold_reason",),
    ),
    "workorders.Assignment": Held(
        (Way("order__customer"),), "who carried the order stays", left={"reason": ""}, texts=("reason",)
    ),
    "workorders.Visit": Held(
        (Way("order__customer"),),
        "disposition, day, agent and flags stay; points, note, details and the person met go",
        left={
            "arrived_lat": None,
            "arrived_lon": None,
            "arrived_accuracy_m": None,
            "lat": None,
            "lon": None,
            "accuracy_m": None,
            "candidate": None,
            "relation": "",
            "note": "",
            "details": {},
        },
        texts=("note", "relation", "details"),
    ),
    "workorders.PromiseToPay": Held((Way("order__customer"),), "amount, day and how it ended stay: they count"),
    "workorders.AddressHold": Held(
        (Way("order__customer"),),
        "that it was held stays; the failed and the known points go",
        left={"lat": None, "lon": None, "radius_m": None, "known": []},
    ),
    "workorders.RescueStep": Held(
        (Way("order__customer"),), "the step and its outcome stay", left={"note": ""}, texts=("note",)
    ),
    "workorders.VisitReview": Held(
        (Way("visit__order__customer"),), "what was made of a visit stays", left={"reason": ""}, texts=("reason",)
    ),
    "workorders.Lesson": Held((Way("visit__order__customer"),), "what a visit teaches, not yet learned", gone=True),
    "workorders.VisitPhoto": Held(
        (Way("visit__order__customer"), LoosePhoto()), "what the agent photographed", gone=True
    ),
    "workorders.Upload": Held((OfVisit("for_visit"),), "a photo on its way", gone=True),
    # --- what phones sent
    "workorders.Operation": Held(
        (Way("customer"), Mention("content"), Mention("result")),
        "that it came, and its hash, stays, so that nobody is told twice; what it said goes",
        left={"content": None, "result": {}},
        ends={"status": ("held", "quarantined")},  # there is nothing left to apply, whatever else comes
        texts=("content", "result"),
    ),
    "workorders.Quarantine": Held(
        (Way("customer"), Mention("content")),
        "that it was set aside, and why, stays; what it said goes",
        left={"content": {}, "details": {}, "reason": EMPTIED},
        ends={"state": ("OPEN", "DISMISSED")},
        texts=("content", "details", "reason"),
    ),
    "workorders.Conflict": Held(
        (Way("customer"),),
        "that two people disagreed stays; what they wrote goes",
        left={"stands": "", "proposed": "", "reason": EMPTIED},
        ends={"state": ("OPEN", "KEPT")},
        texts=("stands", "proposed", "reason"),
    ),
    "workorders.SearchTrail": Held((Way("visit__order__customer"),), "the way that was walked", gone=True),
    # --- the files that came in
    "imports.HeldRow": Held(
        (Line("waits_for"), Mention("payload")), "a row of a file that waits for its line", gone=True
    ),
    "imports.RowIssue": Held(
        (Mention("value"), Mention("message"), SameRow()),
        "that a row was refused, and why, stays; what was written goes",
        left={"value": "", "message": ""},
        texts=("value", "message"),
    ),
    "imports.JournalEntry": Held(
        (Journal(), Mention("before"), Mention("after")),
        "what an import wrote over, for its undoing: rewritten like the rows themselves",
        left={"before": journal_row, "after": journal_row},
    ),
    # --- who did and saw what
    "history.Change": Held(
        (Target(), Mention("before"), Mention("after"), Mention("reason")),
        "who did what when stays, and the states; points, notes and reasons go",
        left={"before": plain_change, "after": plain_change, "reason": ""},
        texts=("reason", "before", "after"),
    ),
    "history.Access": Held(
        (Target(), Mention("detail")), "who looked when stays for its years", left={"detail": ""}, texts=("detail",)
    ),
}

NOBODY: dict[str, Nobody] = {
    "regions.Region": Nobody("reference data"),
    "regions.Witel": Nobody("reference data"),
    "regions.Area": Nobody("villages and boundaries; learned centres are of five houses and more"),
    "accounts.User": Nobody("staff, not customers: kept with what they did"),
    "accounts.Device": Nobody("phones of staff"),
    "accounts.Token": Nobody("hashes of sign-ins"),
    "customers.Stage": Nobody("reference data"),
    "customers.DistributionPoint": Nobody("ODP: of the network, each serves many houses"),
    "customers.Observer": Nobody("how far technicians, agents and phones are believed"),
    "customers.LocatingRun": Nobody("progress of a command"),
    "workorders.Disposition": Nobody("reference data"),
    "workorders.DispositionAlias": Nobody("reference data"),
    "workorders.RescueKind": Nobody("reference data"),
    "workorders.FeedEpoch": Nobody("when phones had to begin anew", texts=("reason",)),
    "workorders.RiskModel": Nobody("coefficients"),
    "workorders.FeedScope": Nobody("counters of agents' feeds"),
    "workorders.FeedEntry": Nobody("which orders, by their keys, a phone holds in which version"),
    "workorders.DeviceClock": Nobody("what clocks of staff's phones said"),
    "workorders.AgentPosition": Nobody("where staff last were"),
    "accounts.SecondFactor": Nobody("second factors of staff"),
    "accounts.RecoveryCode": Nobody("hashes of staff's recovery codes"),
    "accounts.PasswordTries": Nobody("guesses of staff's passwords, counted"),
    "imports.Batch": Nobody("counts of a file", texts=("filename", "refusal")),
    "imports.HeaderAlias": Nobody("headers of files"),
    "field.MissedLink": Nobody("network addresses that asked for unknown links; gone within the hour"),
    "privacy.Erasure": Nobody("keyed hashes of who was erased", texts=("reason",)),
    "privacy.ErasedOrder": Nobody("keyed hashes"),
    "releases.Release": Nobody("the structure's releases"),
    "releases.Run": Nobody("runs of releases", texts=("reason",)),
    "releases.Archive": Nobody("which tables were archived; their rows are treated as what they were"),
    "releases.Step": Nobody("statements of releases", texts=("body",)),
    "releases.Rehearsal": Nobody("rehearsals of rollbacks"),
    "releases.Holder": Nobody("who holds the lock"),
    "admin.LogEntry": Nobody("what admins edited: reference data and staff", texts=("object_repr", "change_message")),
    "auth.Permission": Nobody("Django's own"),
    "auth.Group": Nobody("Django's own, unused"),
    "contenttypes.ContentType": Nobody("Django's own"),
    "sessions.Session": Nobody("signed-in browsers of staff"),
    "axes.AccessAttempt": Nobody("sign-ins of staff that failed", texts=("get_data", "post_data")),
    "axes.AccessAttemptExpiration": Nobody("sign-ins of staff that failed"),
    "axes.AccessLog": Nobody("sign-ins of staff"),
    "axes.AccessFailureLog": Nobody("sign-ins of staff that failed"),
}

# Tables whose rows have files: removed with the row's person, and after KEEP_PHOTOS_DAYS.
FILES: dict[str, Files] = {
    "workorders.VisitPhoto": Files(files_of_photo, since="settled_at"),
    "workorders.Upload": Files(files_of_upload, since="completed_at"),
}

# Columns that name staff: a subject's export says their role and a pseudonym. Keys of accounts are found by themselves.
STAFF = ("actor", "technician", "named_agent", "device")
