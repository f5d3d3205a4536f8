"""Information flow on systems whose weakness was published: the answer is known from outside.

Mail assistant: EchoLeak, CVE-2025-32711 (a mail makes Microsoft 365 Copilot send out files). Repository agent:
Invariant Labs, GitHub MCP (May 2025: an issue in a public repository makes an agent
write private code into a public request).
Browsing: Willison, "The lethal trifecta" (June 2025): a page that is fetched or shown with parameters is a way out.
"""

from __future__ import annotations

import pytest
from safety_reading import context

from groma.analyses import figure
from groma.analyses.information import trifectas

MAIL = """
data:
  mail: {class: personal, trust: untrusted, fields: {text: text}}
  files: {class: secret, trust: trusted, held_by: [drive], fields: {text: text}}
components:
  drive: {kind: store, offers: {find: {work: 1 s, response: {found: files.text}}}}
  copilot: {kind: llm, offers: {answer: {work: 1 s}}}
  browser: {kind: tool, offers: {show: {work: 1 s, reaches_out: true, response: {}}}}
people: {ana: {}}
flows:
  ask:
    carries: [mail]
    steps:
      - {call: drive.find}
      - {call: copilot.answer}
      - {call: browser.show}
"""
REPOSITORY = """
data:
  issue: {class: public, trust: untrusted, held_by: [public], fields: {text: text}}
  code: {class: secret, trust: trusted, held_by: [private], fields: {text: text}}
components:
  public:
    kind: tool
    offers:
      issues: {work: 1 s, response: {text: issue.text}}
      propose: {work: 1 s, effect: once, reaches_out: true, response: {}}
  private: {kind: tool, offers: {read: {work: 1 s, response: {text: code.text}}}}
  agent: {kind: agent, offers: {think: {work: 1 s}}}
flows:
  triage:
    steps:
      - repeat:
          until: 50 %
          at_most: 9
          steps:
            - {call: agent.think}
            - choose:
                - {share: 40 %, steps: [{call: public.issues}]}
                - {share: 40 %, steps: [{call: private.read}]}
                - {share: 20 %, steps: [{call: public.propose}]}
"""


def open_ways(body: str) -> list[tuple[str, str, str]]:
    return [(t.use.operation, t.untrusted, t.private) for t in trifectas(context(body)) if t.open]


def test_the_mail_assistant_lets_files_out() -> None:
    assert open_ways(MAIL) == [("show", "mail", "files")]


def test_the_repository_agent_lets_code_out_though_it_reads_the_issue_in_a_later_round() -> None:
    assert open_ways(REPOSITORY) == [("propose", "issue", "code")]


def test_without_private_data_there_is_none() -> None:
    assert open_ways(REPOSITORY.replace("class: secret", "class: public")) == []


def test_without_untrusted_content_there_is_none() -> None:
    assert open_ways(MAIL.replace("trust: untrusted", "trust: trusted")) == []


def test_without_a_way_out_there_is_none() -> None:
    assert open_ways(MAIL.replace("reaches_out: true", "reaches_out: false")) == []


def test_without_a_model_between_there_is_none() -> None:
    assert open_ways(MAIL.replace("kind: llm", "kind: service")) == []


@pytest.mark.parametrize(
    ("old", "new", "number"),
    [
        (
            "{call: copilot.answer}",
            "{call: copilot.answer, guard: [{name: links}]}",
            0,
        ),  # Microsoft's mitigation
        ("{call: browser.show}", "{call: browser.show, guard: [{name: links}]}", 1),  # too late: it is out
        ("{call: drive.find}", "{call: drive.find, guard: [{name: screen}]}", 0),  # screens before the model
        ("{call: browser.show}", "{ask: ana, approves: [send]}\n      - {call: browser.show}", 0),
        (
            "{call: browser.show}",
            "{ask: ana}\n      - {call: browser.show}",
            1,
        ),  # she was asked something else
        ("work: 1 s, reaches_out: true", "work: 1 s, reaches_out: true, request: {page: id}", 0),
        ("work: 1 s, reaches_out: true", "work: 1 s, reaches_out: true, request: {page: text}", 1),
        (
            "{call: drive.find}",
            "{ask: ana, approves: [send]}\n      - {call: drive.find}",
            1,
        ),  # before the model
    ],
)
def test_what_stands_between_and_what_only_seems_to(old: str, new: str, number: int) -> None:
    assert old in MAIL
    assert len(open_ways(MAIL.replace(old, new))) == number


def test_a_guard_on_one_of_two_paths_is_none() -> None:
    fallback = "{call: copilot.answer, guard: [{name: links}], fallback: [{call: copilot.answer}]}"
    assert len(open_ways(MAIL.replace("{call: copilot.answer}", fallback))) == 1


def test_an_approval_of_another_impact_is_none() -> None:
    body = MAIL.replace("work: 1 s, reaches_out", "work: 1 s, impact: show, reaches_out")
    for impact, number in (("send", 1), ("show", 0)):
        asked = f"{{ask: ana, approves: [{impact}]}}\n      - {{call: browser.show}}"
        assert len(open_ways(body.replace("{call: browser.show}", asked))) == number


def test_misses_are_the_residual() -> None:
    body = MAIL.replace(
        "{call: copilot.answer}", "{call: copilot.answer, guard: [{name: links, misses: 3 %}]}"
    )
    (found,) = trifectas(context(body))
    assert found.residual == pytest.approx(0.03)
    (bare,) = trifectas(context(MAIL))
    assert bare.residual == 1.0


def test_content_that_goes_back_to_where_it_came_from_is_no_leak_but_that_of_others_is() -> None:
    body = MAIL.replace("      - {call: drive.find}\n", "")
    assert open_ways(body) == []
    kept = body.replace("trust: untrusted", "trust: untrusted, held_by: [drive]").replace(
        "files.text", "mail.text"
    )
    kept = kept.replace("    steps:\n", "    steps:\n      - {call: drive.find}\n", 1)
    assert open_ways(kept) == [("show", "mail", "mail")]


def test_words_stay_in_what_is_kept_and_come_back_in_another_run() -> None:
    body = """
data:
  page: {class: public, trust: untrusted}
  note: {class: internal, trust: trusted, held_by: [memory], fields: {text: text}}
  code: {class: secret, trust: trusted, held_by: [safe], fields: {text: text}}
components:
  memory:
    kind: store
    offers:
      write: {work: 1 s, effect: idempotent, response: {}}
      read: {work: 1 s, response: {text: note.text}}
  safe: {kind: store, offers: {read: {work: 1 s, response: {text: code.text}}}}
  agent: {kind: agent, offers: {think: {work: 1 s}}}
  post: {kind: tool, offers: {send: {work: 1 s, reaches_out: true, response: {}}}}
flows:
  browse: {carries: [page], steps: [{call: agent.think}, {call: memory.write, carries: [note]}]}
  work: {steps: [{call: memory.read}, {call: safe.read}, {call: agent.think}, {call: post.send}]}
"""
    assert open_ways(body) == [("send", "page", "code")]
    assert open_ways(body.replace("{call: memory.write, carries: [note]}", "{mark: done}")) == []


def test_exposure_counts_ways_and_can_be_asked() -> None:
    found = figure(context(MAIL), "exposure/secret@outside")
    assert (found.low, found.value, found.high) == (1.0, 1.0, 1.0)
    assert "drive holds files" in found.derivation[0].text
    assert figure(context(MAIL), "exposure/files@copilot").value == 1.0
    closed = MAIL.replace("work: 1 s, reaches_out: true", "work: 1 s, reaches_out: true, request: {page: id}")
    assert figure(context(closed), "exposure/secret@outside").value == 0.0
    assert figure(context(MAIL), "trifecta/ask").value == 1.0


def test_a_screen_before_the_untrusted_content_comes_in_is_none() -> None:
    screened = "{call: private.read, guard: [{name: screen}]}"
    for steps, number in (
        (f"[{screened}, {{call: public.issues}}, {{call: agent.think}}, {{call: public.propose}}]", 1),
        (f"[{{call: public.issues}}, {screened}, {{call: agent.think}}, {{call: public.propose}}]", 0),
    ):
        body = REPOSITORY.partition("flows:")[0] + f"flows: {{triage: {{steps: {steps}}}}}\n"
        assert len(open_ways(body)) == number
