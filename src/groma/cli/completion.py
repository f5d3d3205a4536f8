"""`groma completion SHELL`: lets a shell complete commands, options and file names.

The script is generated from the parsers, so it can't fall behind them, and needs no Groma to complete. Conventions:
bash's programmable completion (`complete -F`), zsh's `_arguments` and fish's `complete`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import NamedTuple

from groma.cli.commands import COMMANDS, Command
from groma.cli.parser import Arguments, build, examples, load
from groma.cli.status import Status


class Option(NamedTuple):
    """An option as a shell sees it: spellings, help, whether a word follows, and which words if they are few."""

    names: tuple[str, ...]
    help: str
    takes_word: bool
    choices: tuple[str, ...]


class Completed(NamedTuple):
    """A command as a shell sees it; `choices` are the words its first argument may be, if they are few."""

    command: Command
    options: tuple[Option, ...]
    choices: tuple[str, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `groma completion`."""
    parser.add_argument("shell", choices=sorted(SCRIPTS), help="the shell to print the script for")
    examples(
        parser,
        "groma completion bash > ~/.local/share/bash-completion/completions/groma",
        'groma completion zsh > "${fpath[1]}/_groma"',
        "groma completion fish > ~/.config/fish/completions/groma.fish",
    )


def run(args: Arguments) -> int:
    """Prints the script."""
    shell: str = args.shell
    script = SCRIPTS[shell]([described(command) for command in COMMANDS])
    args.console.say(script)
    args.console.answer({"shell": shell, "script": script})
    return Status.MET


def described(command: Command) -> Completed:
    """What a shell has to know of a command, read from its parser."""
    actions = build(command, load(command))._actions  # argparse has no reader
    options = tuple(
        Option(tuple(a.option_strings), _help(a), a.nargs != 0, _choices(a))
        for a in actions
        if a.option_strings
    )
    first = next((action for action in actions if not action.option_strings), None)
    return Completed(command, options, _choices(first) if first else ())


def _help(action: argparse.Action) -> str:
    return (action.help or "") % vars(action)  # as argparse fills in %(default)s


def _choices(action: argparse.Action) -> tuple[str, ...]:
    return tuple(str(choice) for choice in action.choices or ())


def bash(commands: Iterable[Completed]) -> str:
    """The script for bash 3.2 (that of macOS) and newer; file names where a word is not one of a few."""
    known = list(commands)
    cases = "\n".join(line for each in known for line in _bash_cases(each))
    return f"""\
# Completion of groma for bash, made by `groma completion bash`.
_groma() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} words=
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "{_names(known)} help --help --version" -- "$word"))
        return
    fi
    case ${{COMP_WORDS[1]}}:$before:$word in
        help:*) words="{_names(known)}" ;;
{cases}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _groma groma"""


def _bash_cases(each: Completed) -> list[str]:
    name = each.command.name
    after = [
        f'        {name}:{spelling}:*) words="{" ".join(option.choices)}" ;;'
        for option in each.options
        if option.takes_word
        for spelling in option.names
    ]
    flags = " ".join(spelling for option in each.options for spelling in option.names)
    plain = [f'        {name}:*) words="{" ".join(each.choices)}" ;;'] if each.choices else []
    return [*after, f'        {name}:*:-*) words="{flags}" ;;', *plain]


def zsh(commands: Iterable[Completed]) -> str:
    """The script for zsh: a function of the file `_groma` on fpath."""
    known = list(commands)
    listed = "\n".join(f"        {_quoted(f'{e.command.name}:{e.command.summary}')}" for e in known)
    cases = "\n".join(_zsh_case(each) for each in known)
    return f"""\
#compdef groma
# Completion of groma for zsh, made by `groma completion zsh`.
_groma() {{
    local -a commands
    commands=(
{listed}
    )
    if ((CURRENT == 2)); then
        _describe command commands
        return
    fi
    local command=$words[2]
    shift words
    ((CURRENT--))
    case $command in
        help) _describe command commands ;;
{cases}
    esac
}}
_groma "$@\""""


def _zsh_case(each: Completed) -> str:
    specs = [_zsh_option(option, spelling) for option in each.options for spelling in option.names]
    rest = f"1:argument:({' '.join(each.choices)})" if each.choices else "*:file:_files"
    body = " \\\n            ".join(_quoted(spec) for spec in [*specs, rest])
    return f"        {each.command.name}) _arguments \\\n            {body} ;;"


def _zsh_option(option: Option, spelling: str) -> str:
    help_text = option.help.replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
    if not option.takes_word:
        return f"{spelling}[{help_text}]"
    follows = f"({' '.join(option.choices)})" if option.choices else "_files"
    return f"{spelling}[{help_text}]:value:{follows}"


def fish(commands: Iterable[Completed]) -> str:
    """The script for fish."""
    lines = ["# Completion of groma for fish, made by `groma completion fish`."]
    for each in commands:
        name = each.command.name
        lines.append(
            f"complete -c groma -n __fish_use_subcommand -f -a {name} -d {_quoted(each.command.summary)}"
        )
        chosen = f"-n '__fish_seen_subcommand_from {name}'"
        if each.choices:
            lines.append(f"complete -c groma {chosen} -f -a {_quoted(' '.join(each.choices))}")
        lines += [f"complete -c groma {chosen} {_fish_option(option)}" for option in each.options]
    return "\n".join(lines)


def _fish_option(option: Option) -> str:
    spellings = [f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in option.names]
    words = (
        f" -x -a {_quoted(' '.join(option.choices))}"
        if option.choices
        else " -r"
        if option.takes_word
        else ""
    )
    return f"{' '.join(spellings)}{words} -d {_quoted(option.help)}"


def _names(commands: Iterable[Completed]) -> str:
    return " ".join(each.command.name for each in commands)


def _quoted(text: str) -> str:
    """In single quotes, for all three shells (fish reads the POSIX way of writing a quote too)."""
    return "'" + text.replace("'", "'\\''") + "'"


SCRIPTS: dict[str, Callable[[Iterable[Completed]], str]] = {"bash": bash, "fish": fish, "zsh": zsh}
