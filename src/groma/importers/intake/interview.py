"""The interview: a YAML file (`key: answer`) or a Markdown file (a question as heading, the answer below it).

Keys are those of gaps: `problem`, `growth`, `people.jana.rate`, `components.crm.price`, ... A question in other words is
matched to the standard ones; what matches none is kept as a remark. Written back, a person's text stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from groma.importers.intake.cells import Cell, clean
from groma.importers.intake.names import folded
from groma.importers.intake.types import Gap, IntakeError, Mistake, Note, Origin
from groma.model.grammar import did_you_mean
from groma.model.position import ModelError
from groma.model.source import Mapping as MappingNode
from groma.model.source import Node, Scalar, Sequence, parse
from groma.model.yamltext import scalar

QUESTIONS: dict[str, tuple[str, str, str]] = {
    "system": ("What is the company called?", "it stands on every page", "company,firma,name der firma,wie heißt die firma,wie heißt das unternehmen,unternehmen"),
    "author": ("Who answers for what is said here?", "so that somebody can be asked again", "answered by,ausgefüllt von,wer antwortet,wer hat das ausgefüllt,wer füllt das aus"),
    "date": ("Of which day is this?", "facts carry a date, and old ones are told apart", "stand,datum,as of"),
    "problem": ("What goes wrong, in your own words?", "the report opens with it, beside what was found", "was läuft schief,was ist das problem,das problem,what is the problem,wo drückt der schuh"),
    "background": ("What else should one know?", "it stands in the report", "hintergrund,was sollte man noch wissen,sonst noch etwas,anything else"),
    "currency": ("In which currency is money counted?", "all costs are added up in it", "währung"),
    "growth": ("How much more work do you expect in a year, such as 30 %?", "what fills first when the company grows is worked out from it", "wachstum,wie stark wollen sie wachsen,growth,how much do you want to grow,wie viel mehr arbeit erwarten sie"),
}  # fmt: skip
"""Questions asked of everybody: key -> (question, why, other words for it)."""

_PATH = re.compile(
    r"(?:people|suppliers|components|connections|data|flows|decisions|exchange|knowledge)(?:\.[A-Za-z0-9_-]{1,70}){1,2}"
)
_KEY_MARK = re.compile(r"\s*<!--\s*([\w.-]{1,200})\s*-->\s*$")
_PREFIX = re.compile(r"^(?:q|f|question|frage)\s*\d*\s*[:.)]\s*", re.I)
_ANSWER = re.compile(r"^(?:a|answer|antwort)\s*\d*\s*[:.)]\s*", re.I)
_EMPTY = frozenset({"", "-", "…", "...", "_", "(open)", "(offen)", "todo", "tbd", "?"})

Read = tuple[dict[str, Cell], tuple[Cell, ...], list[Note]]


def is_model(text: str) -> bool:
    """Whether a YAML text is a model of the language and no interview."""
    return re.search(r"^groma\s*:", text, re.M) is not None


def read_yaml(text: str, file: str) -> Read:
    """Answers of a YAML interview. Raises IntakeError for what YAML can't read, with line and column."""
    try:
        root = parse(text, file)
    except ModelError as error:
        raise IntakeError(
            [
                Mistake(Origin(file, "", p.position.line, str(p.position.column)), p.message)
                for p in error.problems
            ]
        ) from None
    found: list[tuple[str, Cell]] = []
    _collect(root, "", file, found)
    return _placed(found)


def _collect(node: Node, path: str, file: str, found: list[tuple[str, Cell]]) -> None:
    match node:
        case Scalar():
            found.append(
                (path, Cell(clean(node.value.replace("\n", " ")), Origin(file, "", node.at.line, path)))
            )
        case Sequence():
            if all(isinstance(item, Scalar) for item in node.items):
                text = ", ".join(clean(item.value) for item in node.items if isinstance(item, Scalar))
                found.append((path, Cell(text, Origin(file, "", node.at.line, path))))
                return
            for item in node.items:
                _collect(item, path, file, found)
        case MappingNode():
            asked = {key.value.lower(): value for key, value in node.entries}
            question = next((asked[w] for w in ("question", "frage", "q") if w in asked), None)
            answer = next((asked[w] for w in ("answer", "antwort", "a") if w in asked), None)
            if isinstance(question, Scalar):
                key = asked.get("key")
                name = key.value if isinstance(key, Scalar) else question.value
                text = clean(answer.value) if isinstance(answer, Scalar) else ""
                found.append((name, Cell(text, Origin(file, "", node.at.line, name[:60]))))
                return
            for key, value in node.entries:
                outer = (
                    ""
                    if key.value.lower() in ("interview", "answers", "antworten", "questions", "fragen")
                    else key.value
                )
                _collect(value, f"{path}.{outer}".strip("."), file, found)


def read_markdown(text: str, file: str) -> Read:
    """Answers of a Markdown interview: what stands below each heading or `Q:` line."""
    found: list[tuple[str, Cell]] = []
    question, line_of, said = "", 0, list[str]()

    def close() -> None:
        if question:
            mark = _KEY_MARK.search(question)
            key = mark[1] if mark else _PREFIX.sub("", _KEY_MARK.sub("", question)).strip("*_ ")
            found.append((key, Cell(clean(" ".join(said)), Origin(file, "", line_of, key[:60]))))

    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        head = re.match(r"#{2,6}\s+(.*)", bare) or (
            re.match(r"(.*)", bare) if _PREFIX.match(bare.strip("*_ ")) else None
        )
        if head:
            close()
            question, line_of, said = head[1].strip(), number, []
        elif question and not bare.startswith(("<!--", ">", "# ")):
            said.append(_ANSWER.sub("", bare.strip("*_")) if _ANSWER.match(bare.strip("*_")) else bare)
    close()
    return _placed(found)


def _placed(found: Iterable[tuple[str, Cell]]) -> Read:
    """Each answer under its key; what answers no question that is known here is a remark."""
    answers: dict[str, Cell] = {}
    remarks: list[Cell] = []
    notes: list[Note] = []
    for name, cell in found:
        if cell.text.strip().lower() in _EMPTY or re.fullmatch(r"\(.*\)", cell.text):
            continue
        key = key_of(name)
        if key is None and re.fullmatch(r"[a-z_]+(\.[\w-]+)*", name) and "." in name:
            notes.append(
                Note(
                    cell.at,
                    f"there is no question `{name[:60]}`{did_you_mean(name.split('.')[0], ['people', 'suppliers', 'components', 'connections', 'data', 'flows', 'exchange'])}: kept as a remark",
                )
            )
        if key is None:
            remarks.append(Cell(f"{name.rstrip('?:. ')}: {cell.text}", cell.at))
        elif key in answers:
            notes.append(
                Note(cell.at, f"`{key}` was answered before ({answers[key].at}): this answer isn't used")
            )
        else:
            answers[key] = cell
    return answers, tuple(remarks), notes


def key_of(name: str) -> str | None:
    """The key that a key or a question means."""
    bare = name.strip()
    if bare in QUESTIONS or _PATH.fullmatch(bare):
        return bare
    wanted = folded(bare)
    for key, (question, _, others) in QUESTIONS.items():
        spellings = [folded(question), *(folded(other) for other in others.split(","))]
        if wanted in spellings or any(
            len(s) > 11 and (wanted.startswith(s) or s.startswith(wanted)) and len(wanted) > 8
            for s in spellings
        ):
            return key
    return None


def written_back(before: str | None, markdown: bool, answers: Mapping[str, str], gaps: Iterable[Gap]) -> str:
    """The interview file with these answers and the questions still open; what a person wrote stays as it is."""
    text = before or (
        "# Interview\n"
        if markdown
        else "# Interview: answers as `key: answer`; what stays empty stays unknown.\n"
    )
    return (_to_markdown if markdown else _to_yaml)(text, answers, gaps)


def _to_yaml(text: str, answers: Mapping[str, str], gaps: Iterable[Gap]) -> str:
    """With what was written kept in its lines; where nothing can be added to it (`[a list]`), as a remark."""
    asked = tuple(gaps)
    written = _added(text, answers, asked)
    try:
        read_yaml(written, "interview.yaml")
    except IntakeError:
        return _added("".join(f"# {line}\n" for line in text.splitlines()), answers, asked)
    return written


def _added(text: str, answers: Mapping[str, str], gaps: Iterable[Gap]) -> str:
    lines = text.splitlines()
    there = {
        m[1]: number
        for number, line in enumerate(lines)
        if (m := re.match(r"['\"]?([\w.-]+)['\"]?\s*:", line))
    }
    empty = {
        k: n
        for k, n in there.items()
        if re.fullmatch(r"['\"]?[\w.-]+['\"]?\s*:\s*(#.*)?", lines[n])
        and not (n + 1 < len(lines) and re.match(r"\s+\S|-\s", lines[n + 1]))
    }
    told = set(_keys_told(text))
    for key, answer in sorted(answers.items()):
        if key in empty:
            lines[empty[key]] = f"{key}: {scalar(clean(answer), flow=False)}"
        elif key not in told:
            lines += [f"{key}: {scalar(clean(answer), flow=False)}"]
            there[key] = len(lines) - 1
    for gap in gaps:
        if gap.key not in there and gap.key not in told and gap.key not in answers:
            lines += ["", f"# {clean(gap.question)} ({clean(gap.why)})", f"{gap.key}:"]
            there[gap.key] = len(lines) - 1
    return "\n".join(lines) + "\n"


def _keys_told(text: str) -> list[str]:
    try:
        return list(read_yaml(text, "interview.yaml")[0])
    except IntakeError:
        return []


def _to_markdown(text: str, answers: Mapping[str, str], gaps: Iterable[Gap]) -> str:
    told, _, _ = read_markdown(text, "interview.md")
    marked = {m[1] for line in text.splitlines() if (m := _KEY_MARK.search(line))}
    asked = {gap.key: gap.question for gap in gaps} | {
        key: question for key, (question, _, _) in QUESTIONS.items()
    }
    out = text.splitlines()
    for key, answer in sorted(answers.items()):
        if key in told:
            continue
        if key in marked:
            at = next(n for n, line in enumerate(out) if (m := _KEY_MARK.search(line)) and m[1] == key)
            out[at + 1 : at + 1] = ["", _plain(answer)]
        else:
            out += ["", f"## {_plain(asked.get(key, key))} <!-- {key} -->", "", _plain(answer)]
            marked.add(key)
    for gap in gaps:
        if gap.key not in told and gap.key not in marked and gap.key not in answers:
            out += ["", f"## {_plain(gap.question)} <!-- {gap.key} -->", "", f"({_plain(gap.why)})"]
    return "\n".join(out) + "\n"


def _plain(text: str) -> str:
    """A line that neither begins a heading nor ends a comment."""
    return clean(text).replace("<!--", "<").replace("-->", ">").lstrip("#> ")
