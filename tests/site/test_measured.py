"""What owners measure: exports of Search Console, logs of servers."""

from __future__ import annotations

import asyncio

import pytest

from groma.site import MeasuredError, Outcome, audit_site, search_console, visits
from groma.site.crawlers import crawlers
from groma.site.diagnosis import causes, reach
from site_maker import BASE, Served, made
from site_plants import PLANTS, taker

# Agents as the vendors publish them.
GPT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; OAI-SearchBot/1.3; +https://openai.com/searchbot"
GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
BING = "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def line(agent: str, status: int = 200, path: str = "/a") -> str:
    """A line of the combined format, as Apache's documentation of mod_log_config has it."""
    return f'127.0.0.1 - frank [10/Oct/2026:13:55:36 -0700] "GET {path} HTTP/1.1" {status} 2326 "http://x.example/" "{agent}"'


def test_crawlers_are_counted_by_their_published_agents() -> None:
    log = (
        [line(GPT)] * 3
        + [line(GPT, 403, "/services/")] * 2
        + [line(GOOGLE)] * 4
        + [line(PERSON)] * 9
        + ["rubbish", ""]
    )
    found = visits(log, crawlers())
    assert set(found) == {"OAI-SearchBot", "Googlebot"}
    assert (found["OAI-SearchBot"].requests, found["OAI-SearchBot"].turned_away) == (5, {403: 2})
    assert found["OAI-SearchBot"].example == "/services/" and found["Googlebot"].requests == 4
    assert found["Googlebot"].joined(found["OAI-SearchBot"]).requests == 9


def test_crawlers_that_are_turned_away_are_told() -> None:
    log = (
        [line(GPT, 403)] * 5
        + [line(GOOGLE, 403)]
        + [line(GOOGLE)] * 19
        + [line(BING, 429, "/robots.txt")] * 3
    )
    result = asyncio.run(audit_site(Served(made(80)), measured=Outcome(visits=visits(log, crawlers()))))
    assert [finding.id for finding in result.findings] == ["crawler-turned-away:OAI-SearchBot"]
    assert result.looks["crawler-turned-away"].looked_at == 3
    came = {row.token: row.came for row in reach(result.site)}
    assert (came["OAI-SearchBot"], came["Googlebot"], came["GPTBot"]) == (5, 20, 0)
    away = [line(GOOGLE, 403)] * 2 + [line(GOOGLE)] * 18
    result = asyncio.run(audit_site(Served(made(80)), measured=Outcome(visits=visits(away, crawlers()))))
    assert [finding.id for finding in result.findings] == ["crawler-turned-away:Googlebot"]


def test_clicks_of_search_console_say_what_is_at_stake() -> None:
    site = made(80)
    (pair,) = PLANTS["broken-fragment"](site, taker(site))
    text = f'\ufeffTop pages,Clicks,Impressions,CTR,Position\n{pair[1]},"1,204",30000,4%,3.1\n{BASE}/,7,100,7%,1\n'
    clicks, impressions = search_console(text)
    assert clicks == {pair[1]: 1204.0, f"{BASE}/": 7.0} and impressions[pair[1]] == 30000
    result = asyncio.run(audit_site(Served(site), measured=Outcome(clicks, impressions)))
    (cause,) = causes(result)
    assert (cause.finding.rule, cause.clicks, cause.pages) == ("broken-fragment", 1204.0, 1)
    assert 0 < cause.weight < 0.1


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "found nothing"), ("a,b\n1,2\n", "found a, b"), ("Page,Clicks\nhello,2\n", "no row")],
)
def test_other_tables_are_refused(text: str, said: str) -> None:
    with pytest.raises(MeasuredError, match=said):
        search_console(text)


def test_other_logs_are_refused() -> None:
    with pytest.raises(MeasuredError, match="combined"):
        visits(['{"json": 1}'], crawlers())
