"""robots.txt from a policy: by what crawlers come for, single ones decided by name.

The dated table of crawlers (catalog `ai-crawlers`) says what each comes for. What comes out is read again with the
matcher that audits use, for every crawler of the table: a policy that can't be written is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groma.model.position import ModelError, Problem
from groma.site.crawlers import Crawler, crawlers
from groma.site.plan.elements import Plan, Policy
from groma.site.robots import parse, rules_for, verdict

BY_PURPOSE = {"search": "search", "user": "user", "training": "training", "token-only": "training"}


def policy_of(plan: Plan) -> Policy:
    """The stated policy, or one that lets everybody in."""
    return plan.crawlers or Policy(name="crawlers", at=plan.at)


def decisions(policy: Policy, known: Sequence[Crawler] | None = None) -> dict[str, bool]:
    """Whether the policy lets each crawler of the table in, by token."""
    return {
        crawler.token: policy.only.get(crawler.token, _of_purpose(policy, crawler.purpose)) == "allow"
        for crawler in (crawlers() if known is None else known)
    }


def _of_purpose(policy: Policy, purpose: str) -> str:
    return str(getattr(policy, BY_PURPOSE.get(purpose, "others")))


def robots_txt(plan: Plan) -> str:
    """The file. Raises ModelError where crawlers that are to be told apart can't be (one's name begins the other's)."""
    policy = policy_of(plan)
    wanted = decisions(policy)
    everybody = policy.others == "allow"
    named = {token for token, allowed in wanted.items() if allowed != everybody}
    text = _written(plan, policy, wanted, named)
    wrong = _wrong(text, wanted)
    if wrong:  # crawlers that a group for another catches: named themselves
        text = _written(plan, policy, wanted, named | set(wrong))
        wrong = _wrong(text, wanted)
    if wrong:
        raise ModelError(
            Problem(
                policy.at, f"crawlers: robots.txt can't tell {', '.join(wrong)} from others of the same name"
            )
        )
    return text


def _written(plan: Plan, policy: Policy, wanted: Mapping[str, bool], named: set[str]) -> str:
    kept = [f"Disallow: {path.text}" for path in policy.keep_out]
    lines: list[str] = []
    for allowed in (True, False):
        tokens = sorted((token for token in named if wanted[token] is allowed), key=str.lower)
        if tokens:
            lines += [f"User-agent: {token}" for token in tokens]
            lines += [*kept, "Allow: /", ""] if allowed else ["Disallow: /", ""]
    lines += ["User-agent: *"]
    lines += [*kept, "Allow: /"] if policy.others == "allow" else ["Disallow: /"]
    return "\n".join([*lines, "", f"Sitemap: {plan.base.text}sitemap.xml", ""])


def _wrong(text: str, wanted: Mapping[str, bool]) -> list[str]:
    read = parse(text.encode())
    return [
        token for token, allowed in wanted.items() if verdict(rules_for(read, token), "/").allowed != allowed
    ]
