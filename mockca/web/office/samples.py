"""Made-up data for forms, so that a class need not type: people who don't exist, by the sandbox's randomness."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from mockca.desk.sandbox import Sandbox
from mockca.rules.deadlines import local_date
from mockca.rules.regulation import Regulation
from mockca.rules.terms import FormField
from scenarios import people

MARK: Final = "(MÔ PHỎNG)"
PAPERS: Final = (
    "id_issue_place",
    "id_issue_date",
    "id_number",
    "birth_place",
    "birth_date",
    "full_name",
    "position",
    "gender",
    "phone",
    "email",
)
"""What a made-up person has; a form's field that ends so is filled in with it."""


class Samples:
    """What one form is filled in with. The same sandbox, day and `about` give the same data."""

    def __init__(self, sandbox: Sandbox, regulation: Regulation, about: str, unit_name: str = "") -> None:
        self.today = local_date(sandbox.clock.now())
        self.unit_name = unit_name
        self._seed, self._about = sandbox.seed, about
        domain = regulation.email_domain
        self._domain = f"{regulation.id}.test" if domain is None else domain.value
        self._people: dict[str, dict[str, str]] = {}

    def person(self, who: str) -> dict[str, str]:
        """The papers of somebody in this form: `subscriber`, `signer`, …"""
        if who not in self._people:
            self._people[who] = people.person(f"{self._seed}/{self._about}/{who}", who, self._domain, self.today)
        return self._people[who]

    def official(self, who: str) -> str:
        return self.person(who)["full_name"]

    def position(self, who: str) -> str:
        return self.person(who)["position"]

    def office(self, who: str) -> str:
        return self.unit_name or self.person(who)["office"]

    def document(self, what: str) -> str:
        """The number of a letter."""
        return f"{sum(f'{self._about}{what}'.encode()) % 900 + 10}/CV-MP"

    def of_field(self, regulation: Regulation, name: str, rule: FormField, longest: int | None = None) -> Any:
        """What a field of a form says; None where it may stay empty."""
        match rule.type:
            case "affirmed":
                return True
            case "years":
                return longest or regulation.max_years.value
            case "choice":
                return rule.choices[0] if rule.choices else None
            case "integer" | "count":
                return rule.exactly or 1
            case "date" if rule.date == "document":
                return self.today.isoformat()
            case "identity":
                return self.person("subscriber")["id_number"]
            case "serial":
                return None
        if rule.matches is not None:
            return None
        if rule.names == "unit":
            return self.unit_name
        for known in PAPERS:
            if name.endswith(known) and (known != "email" or not name.startswith(("organisation", "unit", "agency"))):
                return self.person("subscriber")[known]
        if rule.type == "email":
            return f"co-quan@{self._domain}"
        if rule.type == "date":
            return (self.today - timedelta(days=400 if rule.date == "past" else 0)).isoformat()
        if not rule.required:
            return None
        if "workplace" in name:
            return self.unit_name or self.person("subscriber")["office"]
        if name.endswith("name"):
            return f"{rule.vi[:1].upper()}{rule.vi[1:]} {MARK}"
        return f"{self.document(name)}" if "number" in name else f"{rule.vi} {MARK}"
