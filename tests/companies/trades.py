"""What companies of some trades do: their tools, data and recurring work, as words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """`tools`: name -> (title, function); `data`: name -> (title, class, tool that keeps it);
    `income`: flow -> (title, data, tool, topic that must be known, worth of a run in EUR)."""

    name: str
    crew: str
    tools: dict[str, tuple[str, str]]
    data: dict[str, tuple[str, str, str]]
    income: dict[str, tuple[str, str, str, str, int]]


TRADES = (
    Trade(
        "Heating", "Installers",
        {"crm": ("Customer list", "customers"), "books": ("Accounts", "bookkeeping"),
         "board": ("Job board", "planning"), "mail": ("Mailbox", "post")},
        {"customers": ("Customers", "personal", "crm"), "jobs": ("Jobs", "internal", "board"),
         "invoices": ("Invoices", "internal", "books")},
        {"quote": ("Quote", "customers", "crm", "pricing", 400), "visit": ("Visit", "jobs", "board", "fitting", 180),
         "service": ("Service contract", "customers", "crm", "", 150),
         "repair": ("Repair", "jobs", "board", "fitting", 210)},
    ),
    Trade(
        "Agency", "Designers",
        {"pipeline": ("Pipeline", "sales"), "hours": ("Time sheet tool", "time tracking"),
         "books": ("Accounts", "bookkeeping"), "drawing": ("Drawing board", "design"), "wiki": ("Wiki", "notes")},
        {"clients": ("Clients", "personal", "pipeline"), "entries": ("Hours worked", "internal", "hours"),
         "drafts": ("Drafts", "internal", "drawing")},
        {"pitch": ("Pitch", "clients", "pipeline", "selling", 500), "campaign": ("Campaign", "drafts", "drawing", "design", 450),
         "retainer": ("Retainer", "entries", "hours", "", 300)},
    ),
    Trade(
        "Shop", "Sales staff",
        {"till": ("Till", "sales"), "stock": ("Stock keeping", "stock"), "web": ("Web shop", "web sales"),
         "books": ("Accounts", "bookkeeping")},
        {"orders": ("Orders", "personal", "web"), "articles": ("Articles", "internal", "stock"),
         "receipts": ("Receipts", "internal", "till")},
        {"order": ("Web order", "orders", "web", "", 90), "sale": ("Sale over the counter", "receipts", "till", "", 80),
         "rental": ("Rental", "articles", "stock", "rental terms", 85), "repair": ("Repair", "articles", "stock", "repairs", 75)},
    ),
    Trade(
        "Clinic", "Therapists",
        {"records": ("Patient records", "records"), "calendar": ("Appointments", "appointments"),
         "billing": ("Billing", "bookkeeping")},
        {"patients": ("Patients", "personal", "records"), "appointments": ("Appointments made", "personal", "calendar"),
         "bills": ("Bills", "internal", "billing")},
        {"treatment": ("Treatment", "patients", "records", "therapy", 95),
         "course": ("Course", "appointments", "calendar", "", 90),
         "report": ("Expert report", "patients", "records", "assessment", 100)},
    ),
    Trade(
        "Club", "Trainers",
        {"members": ("Member list", "membership"), "courts": ("Court booking", "booking"), "bank": ("Banking", "payments")},
        {"roll": ("Members", "personal", "members"), "bookings": ("Bookings", "internal", "courts")},
        {"join": ("Joining", "roll", "members", "", 60), "lesson": ("Lesson", "bookings", "courts", "coaching", 55),
         "event": ("Event", "bookings", "courts", "", 65)},
    ),
    Trade(
        "Software", "Engineers",
        {"issues": ("Issue tracker", "planning"), "code": ("Code hosting", "source code"),
         "billing": ("Subscriptions", "billing"), "support": ("Help desk", "support"), "books": ("Accounts", "bookkeeping")},
        {"customers": ("Customers", "personal", "billing"), "tickets": ("Tickets", "personal", "support"),
         "backlog": ("Backlog", "internal", "issues")},
        {"renewal": ("Renewal", "customers", "billing", "", 700), "project": ("Project", "backlog", "issues", "estimating", 800),
         "rescue": ("Paid support", "tickets", "support", "diagnosis", 650)},
    ),
    Trade(
        "Law office", "Clerks",
        {"cases": ("Case files", "cases"), "dates": ("Time limits", "time limits"), "bills": ("Fee notes", "billing")},
        {"files": ("Files", "personal", "cases"), "limits": ("Limits", "internal", "dates"), "fees": ("Fees", "internal", "bills")},
        {"advice": ("Advice", "files", "cases", "law", 350), "contract": ("Contract", "files", "cases", "drafting", 320),
         "collection": ("Collection", "fees", "bills", "", 330)},
    ),
    Trade(
        "Workshop", "Mechanics",
        {"garage": ("Garage software", "jobs"), "parts": ("Parts catalogue", "parts"), "books": ("Accounts", "bookkeeping"),
         "phone": ("Telephone", "calls")},
        {"vehicles": ("Vehicles", "personal", "garage"), "stock": ("Parts in stock", "internal", "parts"),
         "ledger": ("Ledger", "internal", "books")},
        {"service": ("Service", "vehicles", "garage", "", 220), "tyres": ("Tyres", "vehicles", "garage", "", 210),
         "sale": ("Sale of parts", "stock", "parts", "", 230), "inspection": ("Inspection", "vehicles", "garage", "inspection", 240)},
    ),
)  # fmt: skip
