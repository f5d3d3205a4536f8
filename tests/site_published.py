"""Cases of audits of pages whose inputs were published outside the project: test cases of standards and of other tools,
examples of specifications. `outside` names the source; pages are cut to what is judged, addresses stay as published."""

from __future__ import annotations

from site_cases import Case, item

ACT_TITLE = "W3C ACT rule 2779a5 (HTML page has non-empty title), test cases"
ACT_LANG = "W3C ACT rules b5c3f8 and bf051a (HTML page has lang; is valid), test cases"
LIGHTHOUSE_CANONICAL = "Lighthouse, canonical-test.js"
LIGHTHOUSE_TEXT = "Lighthouse, link-text-test.js"
LIGHTHOUSE_HSTS = "Lighthouse, has-hsts-test.js"
LIGHTHOUSE_VIEWPORT = "Lighthouse, viewport-test.js and viewport-meta-test.js"
LIGHTHOUSE_SIZED = "Lighthouse, unsized-images-test.js"
LIGHTHOUSE_CHARSET = "Lighthouse, charset-test.js"
RFC_HSTS = "RFC 6797, 6.2, examples"
WPT_NOSNIFF = "web-platform-tests, fetch/nosniff/resources/x-content-type-options.json"
RFC_COOKIE = "RFC 6265, 3.1, examples"
HTML_FORM = "WHATWG HTML, 4.10.1, the pizza order"
HTML_FRAGMENT = "WHATWG HTML, 7.4.6.4 (find a potential indicated element), steps 2 to 7"
GOOGLE_HREFLANG = (
    "Google, Tell Google about localized versions of your page, example Widgets, Inc and valid codes"
)
GOOGLE_ROBOTS = "Google, Robots meta tag specifications, list of rules"
GOOGLE_JS = "Google, JavaScript SEO basics: use the History API instead of fragments, examples"
RFC_TEL = "RFC 3966, 3, examples"
W3C_MIXED = "W3C Mixed Content, 1 and 5, examples"
CSP_FRAMES = "W3C CSP Level 3, 6.4.2, frame-ancestors; RFC 7034, 2.1, values"
SECURE_CONTEXTS = "W3C Secure Contexts, 3.1 (loopback hosts are trustworthy)"
VITE = "Vite, template-react, index.html"
LAZYSIZES = "lazysizes, README, basic usage"
GOOGLE_ARTICLE = "Google, Article structured data, example"
GOOGLE_HEAD = "Google, valid page metadata: an invalid element ends the head"
GOOGLE_DESCRIPTION = "Google, Control your snippets: meta description, example; Lighthouse, meta-description"
ARIA_MAIN = "W3C technique ARIA11 and ACT rule b40fd1, landmark main"


def html(code: str) -> str:
    return f"<!doctype html><html{code}><head><title>T</title></head><body>x</body></html>"


def links(*hrefs: str, rel: str = "canonical") -> str:
    return "".join(f'<link rel="{rel}" href="{href}">' for href in hrefs) + "</head>"


def hreflang(*codes: str, host: str = "example.com") -> str:
    rows = (f'<link rel="alternate" hreflang="{c}" href="https://{c}.{host}/page.html">' for c in codes)
    return "url: https://en.example.com/page.html\n\n" + "".join(rows) + "</head>"


PIZZA = """<form{}><p><label>Customer name: <input{}></label></p><p><label>Telephone: <input type=tel{}></label></p>
<p><label>Email address: <input type=email{}></label></p><p><label>Delivery instructions: <textarea{}></textarea></label></p>
<p><button>Submit order</button></p></form>"""
ORDER = (
    ' method="post" enctype="application/x-www-form-urlencoded" action="https://pizza.example.com/order.cgi"'
)
NAMED = PIZZA.format(ORDER, *(f' name="{name}"' for name in ("custname", "custtel", "custemail", "comments")))
UNNAMED = PIZZA.format("", "", "", "", "")
SHELL = '<div id="root"></div><script type="module" src="/src/main.jsx"></script>'
ARTICLE = {
    "at_type": "NewsArticle", "headline": "Title of a News Article", "image": ["https://example.com/photos/1x1/photo.jpg"],
    "datePublished": "2024-01-05T08:00:00+08:00", "dateModified": "2024-02-05T09:20:00+08:00",
    "author": [{"@type": "Person", "name": "Jane Doe", "url": "https://example.com/profile/janedoe123"}],
}  # fmt: skip

HEADS = [
    # an empty or missing title; the first of several counts
    ("title-missing", "<html><title>This page has a title</title></html>", 0, "", ACT_TITLE),
    ("title-missing", "<html><body><title>Title of the page.</title></body></html>", 1, "", ACT_TITLE + " (passes there; Google reads heads only)"),
    ("title-missing", "<html><head><title>Title of the page.</title></head><body><title></title></body></html>", 0, "", ACT_TITLE),
    ("title-missing", "<html><h1>this page has no title</h1></html>", 1, "", ACT_TITLE),
    ("title-missing", "<html><title></title></html>", 1, "", ACT_TITLE),
    ("title-missing", "<html><title> </title></html>", 1, "", ACT_TITLE),
    ("title-missing", "<html><head><title></title></head><body><title>Title of the page.</title></body></html>", 1, "", ACT_TITLE),
    ("title-missing", '<html><body><svg xmlns="http://www.w3.org/2000/svg"><title>This is an SVG</title></svg></body></html>', 1, "", ACT_TITLE),
    ("language-missing", html(' lang="fr"'), 0, "", ACT_LANG),
    ("language-missing", html(' lang="fr" xml:lang=""'), 0, "", ACT_LANG),
    ("language-missing", html(' lang="en-US-GB"'), 0, "", ACT_LANG + " (failed there once; its primary subtag is valid)"),
    ("language-missing", html(' lang="xyz"'), 0, "", ACT_LANG + " (fails there; codes of three letters aren't looked up here)"),
    ("language-missing", html(""), 1, "", ACT_LANG),
    ("language-missing", html(' xml:lang="en"'), 1, "", ACT_LANG),
    ("language-missing", html(' lang=""'), 1, "", ACT_LANG),
    ("language-missing", "content-type: application/xhtml+xml\n\n" + html(' xml:lang="en"'), 0, "", "XHTML 1.0, C.7: xml:lang in XHTML"),
    ("language-missing", html(' lang="em-US"'), 1, "", ACT_LANG),
    ("language-missing", html(' lang="#!"'), 1, "", ACT_LANG),
    ("canonical-many", "url: http://www.example.com/\n\n" + links("https://www.example.com", "https://example.com"), 1, "", LIGHTHOUSE_CANONICAL),
    ("canonical-many", "url: http://www.example.com/\n\n" + links("https://example.com", "https://example.com"), 0, "", LIGHTHOUSE_CANONICAL),
    ("canonical-many", "url: https://example.com/\n\n" + links("https://example.com"), 0, "", LIGHTHOUSE_CANONICAL),
    ("head-in-body", '<iframe src="https://example.com/frame"></iframe><link rel="canonical" href="https://example.com/page"></head>', 1, "", GOOGLE_HEAD),
    ("head-in-body", '<meta charset="utf-8"><link rel="canonical" href="https://example.com/page"></head>', 0, "", GOOGLE_HEAD),
    ("head-in-body", '<title>T</title></head><link rel="canonical" href="https://foo.com">', 1, "", LIGHTHOUSE_CANONICAL),
    ("description-missing", '<meta name="description" content="description text"></head>', 0, "", GOOGLE_DESCRIPTION),
    ("description-missing", '<meta name="description" content=""></head>', 1, "", GOOGLE_DESCRIPTION),
    ("description-missing", "<title>T</title></head>", 1, "", GOOGLE_DESCRIPTION),
    ("viewport", "<title>T</title></head>", 1, "", LIGHTHOUSE_VIEWPORT),
    ("viewport", '<meta name="viewport" content="maximum-scale=1"></head>', 1, "", LIGHTHOUSE_VIEWPORT),
    ("viewport", '<meta name="viewport" content="nonsense=true"></head>', 1, "", LIGHTHOUSE_VIEWPORT),
    ("viewport", '<meta name="viewport" content="initial-scale=1"></head>', 0, "", LIGHTHOUSE_VIEWPORT),
    ("viewport", '<meta name="viewport" content="width=device-width"></head>', 0, "", LIGHTHOUSE_VIEWPORT),
    ("charset", "content-type: text/html\n\n" + "<html lang='en'><head>" + " " * 900 + '<meta charset="utf-8"></head></html>', 0, "", LIGHTHOUSE_CHARSET),
    ("charset", 'content-type: text/html\n\n<html lang="en"><head><meta http-equiv="Content-type" content="text/html; charset=utf-8"></head></html>', 0, "", LIGHTHOUSE_CHARSET),
    ("charset", 'content-type: text/html; charset=UTF-8\n\n<html lang="en"><head></head></html>', 0, "", LIGHTHOUSE_CHARSET),
    ("charset", 'content-type: text/html\n\n<html lang="en"><head><meta http-equiv="Content-type" content="text/html"></head></html>', 1, "", LIGHTHOUSE_CHARSET),
    ("charset", "content-type: text/html\n\n" + "<html lang='en'><head>" + " " * 1024 + '<meta charset="utf-8"></head></html>', 1, "", LIGHTHOUSE_CHARSET),
    *(("hreflang-code", hreflang(code), 0, "", GOOGLE_HREFLANG) for code in ("de", "en-GB", "de-ES", "x-default", "zh-Hant", "zh-Hans-US")),
    *(("hreflang-code", hreflang(code), 1, "", GOOGLE_HREFLANG) for code in ("be-", "en-UK", "en-EU")),
    ("hreflang-self", hreflang("en-gb", "en-us", "en", "de"), 0, "", GOOGLE_HREFLANG),
    ("hreflang-self", hreflang("en-gb", "en-us", "de"), 1, "", GOOGLE_HREFLANG),
    *(
        ("snippet-refused", f'<meta name="robots" content="{rule}"></head>', count, "", GOOGLE_ROBOTS)
        for rule, count in (("nosnippet", 1), ("max-snippet:0", 1), ("max-snippet:-1", 0), ("max-snippet:20", 0), ("max-image-preview:standard", 0))
    ),
    ("nofollow-internal", '<meta name="robots" content="nofollow"></head><a href="/a">a</a>', 1, "", GOOGLE_ROBOTS),
    ("nofollow-internal", '<a rel="nofollow" href="https://cheese.example.com/Appenzeller_cheese">Appenzeller</a>', 0, "", "Google, Qualify your outbound links, example"),
]  # fmt: skip

BODIES = [
    *(
        ("generic-text", f'<main><a href="https://example.com/otherpage.html">{text}</a></main>', count, "", LIGHTHOUSE_TEXT)
        for text, count in (("click here", 1), ("klicke hier", 1), ("click aquí", 1), ("legit link text", 0), ("legitimer Link-Text", 0))
    ),
    ("generic-text", '<main><a href="javascript:alert(1)">click here</a><a href="mailto:info@example.com">click here</a></main>', 0, "", LIGHTHOUSE_TEXT),
    ("broken-fragment", '<p id="foo">x</p><a href="#foo">x</a>', 0, "", HTML_FRAGMENT),
    ("broken-fragment", '<a name="foo">x</a><a href="#foo">x</a>', 0, "", HTML_FRAGMENT),
    ("broken-fragment", '<a href="#ToP">x</a>', 0, "", HTML_FRAGMENT),
    ("broken-fragment", '<p id="ü">x</p><a href="#%C3%BC">x</a>', 0, "", HTML_FRAGMENT),
    ("broken-fragment", '<p id="Foo">x</p><a href="#foo">x</a>', 1, "", HTML_FRAGMENT + "; ids are case-sensitive"),
    ("fragment-route", '<ul><li><a href="#/products">Our products</a></li><li><a href="#/services">Our services</a></li></ul>', 1, "2 links", GOOGLE_JS),
    ("fragment-route", '<ul><li><a href="/products">Our products</a></li><li><a href="/services">Our services</a></li></ul>', 0, "", GOOGLE_JS),
    ("empty-without-script", SHELL, 1, "#root", VITE),
    ("empty-without-script", SHELL.replace("></div>", "><p>" + "rendered text " * 20 + "</p></div>"), 0, "", VITE + ", rendered"),
    ("lazy-image", '<img data-src="image.jpg" class="lazyload" />', 1, "", LAZYSIZES),
    ("lazy-image", '<img src="image.jpg" loading="lazy" alt="x">', 0, "", "WHATWG HTML, 2.5.7 (lazy loading attributes)"),
    ("image-size", '<img src="https://google.com/logo.png" width="100" height="100">', 0, "", LIGHTHOUSE_SIZED),
    ("image-size", '<img src="https://google.com/logo.png" width="" height="100">', 1, "", LIGHTHOUSE_SIZED),
    ("image-size", '<img src="https://google.com/logo.png" width="100" height="">', 1, "", LIGHTHOUSE_SIZED),
    ("image-size", '<img src="https://google.com/logo.png" width="" height="">', 1, "", LIGHTHOUSE_SIZED),
    ("main-missing", "<header>Header</header><main>Main content</main><footer>Footer</footer>", 0, "", ARIA_MAIN),
    ("main-missing", '<div role="main">Main content</div>', 0, "", ARIA_MAIN),
    ("main-missing", '<div role="navigation">x</div><div>Main content</div>', 1, "", ARIA_MAIN),
    ("form-needs-script", NAMED, 0, "", HTML_FORM + ", configured"),
    ("form-needs-script", UNNAMED, 1, "neither action", HTML_FORM + ", before it communicates with a server"),
    ("form-insecure", NAMED, 0, "", HTML_FORM),
    ("form-insecure", '<form action="http://example.com/submit"><input name="q"></form>', 1, "", W3C_MIXED),
    ("mixed-content", '<img src="http://example.com/image.png">', 1, "", W3C_MIXED),
    ("mixed-content", '<script src="http://example.com/script.js"></script>', 1, "", W3C_MIXED),
    ("mixed-content", '<img src="https://example.com/image.png"><a href="http://example.com/">a link is no load</a>', 0, "", W3C_MIXED),
    ("phone-not-link", '<p>+1-201-555-0123</p>', 1, "", RFC_TEL),
    ("phone-not-link", '<p>+1-201-555-0123 <a href="tel:+1-201-555-0123">call</a></p>', 0, "", RFC_TEL),
    ("article-undated", item(**ARTICLE), 0, "", GOOGLE_ARTICLE),
    ("article-undated", item(**{k: v for k, v in ARTICLE.items() if k != "datePublished"}), 1, "no datePublished", GOOGLE_ARTICLE + ", cut"),
    ("article-undated", item(**{k: v for k, v in ARTICLE.items() if k != "author"}), 1, "no author", GOOGLE_ARTICLE + ", cut"),
]  # fmt: skip

HEADERS = [
    *(
        ("hsts", f"FRONT\nstrict-transport-security: {value}\n\n<p>x</p>", count, "", source)
        for value, count, source in (
            ("max-age=31536000", 0, RFC_HSTS), ("max-age=15768000 ; includeSubDomains", 0, RFC_HSTS), ('max-age="31536000"', 0, RFC_HSTS),
            ("max-age=0", 1, RFC_HSTS), ("max-age=0; includeSubDomains", 1, RFC_HSTS),
            ("includeSubDomains; max-age=0", 1, RFC_HSTS + "; the order of directives says nothing (6.1)"),
            ("max-age=63072000; includeSubDomains; preload", 0, LIGHTHOUSE_HSTS), ("includeSubDomains; preload", 1, LIGHTHOUSE_HSTS),
            ("max-age=63072000; fooDirective; preload", 0, LIGHTHOUSE_HSTS + " (the unknown directive is a matter of form)"),
        )
    ),
    *(
        ("nosniff", f"FRONT\nx-content-type-options: {value}\n\n<p>x</p>", count, "", WPT_NOSNIFF)
        for value, count in (
            ("NOSNIFF", 0), ("nosniff", 0), ("nosniff,,@#$#%%&^&^*()()11!", 0), ("@#$#%%&^&^*()()11!,nosniff", 1),
            (",nosniff", 1), ("'NosniFF'", 1), ('"nosniFF"', 1), ("nosniff\nx-content-type-options: no", 0),
            ("no\nx-content-type-options: nosniff", 1), ("nosniff\v", 1), ("nosniff\v,nosniff", 1),
        )
    ),
    ("nosniff", "FRONT\ncontent-type-options: nosniff\n\n<p>x</p>", 1, "", WPT_NOSNIFF),
    *(
        ("framing", f"FRONT\n{header}\n\n<p>x</p>", count, "", CSP_FRAMES)
        for header, count in (
            ("content-security-policy: frame-ancestors 'self'", 0), ("content-security-policy: frame-ancestors https://example.com/", 0),
            ("content-security-policy: default-src 'self'", 1), ("x-frame-options: DENY", 0), ("x-frame-options: SAMEORIGIN", 0),
        )
    ),
    ("cookie-insecure", "set-cookie: SID=31d4d96e407aad42; Path=/; Secure; HttpOnly\n\n<p>x</p>", 0, "", RFC_COOKIE),
    ("cookie-insecure", "set-cookie: SID=31d4d96e407aad42; Path=/; Secure; HttpOnly\nset-cookie: lang=en-US; Path=/; Domain=example.com\n\n<p>x</p>", 1, "lang", RFC_COOKIE),
    ("cookie-insecure", "set-cookie: lang=en-US; Expires=Wed, 09 Jun 2021 10:18:14 GMT\n\n<p>x</p>", 1, "lang", RFC_COOKIE),
    ("insecure-page", "url: http://example.com/\n\n<p>x</p>", 1, "", SECURE_CONTEXTS),
    ("insecure-page", "url: https://example.com/\n\n<p>x</p>", 0, "", SECURE_CONTEXTS),
    *(("insecure-page", f"url: http://{host}/\n\n<p>x</p>", None, "", SECURE_CONTEXTS) for host in ("127.0.0.1", "127.12.34.56", "[::1]", "localhost", "foo.localhost")),
]  # fmt: skip

PUBLISHED = [Case(*row) for row in (*HEADS, *BODIES, *HEADERS)]
