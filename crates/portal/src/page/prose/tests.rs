//! What becomes of texts, good and hostile.

use std::time::{Duration, Instant};

use super::*;

fn of(text: &str) -> String {
    Prose::of(text, Headings::Below(1)).html
}

#[test]
fn markdown_is_shown_as_what_it_means() {
    for (text, html) in [
        (
            "One\ntwo\n\nthree  \nfour",
            "<p>One\ntwo</p><p>three<br>four</p>",
        ),
        (
            "*a* **b** `c<d>` ~~e~~",
            "<p><em>a</em> <strong>b</strong> <code>c&#60;d&#62;</code> <del>e</del></p>",
        ),
        (
            "- a\n- b\n  1. c",
            "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>",
        ),
        ("3. a\n4. b", r#"<ol start="3"><li>a</li><li>b</li></ol>"#),
        ("> a\n\n---", "<blockquote><p>a</p></blockquote><hr>"),
        (
            "```json\n{\"a\": 1}\n```",
            "<pre><code>{&#34;a&#34;: 1}\n</code></pre>",
        ),
        (
            "| a | |\n|---|--:|\n| 1 | 2 |",
            "<div class=\"grid\" role=\"group\" tabindex=\"0\" aria-label=\"Table\"><table><thead><tr>\
             <th scope=\"col\">a</th><td></td></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table></div>",
        ),
        ("AT&amp;T &lt;b&gt; \\*", "<p>AT&#38;T &#60;b&#62; *</p>"),
        ("", ""),
        (" \n\n ", ""),
    ] {
        assert_eq!(of(text), html, "{text}");
    }
}

#[test]
fn it_stands_in_a_place_of_its_own_or_nowhere() {
    let prose = Prose::of("a", Headings::Lines).to_string();
    assert_eq!(prose, r#"<div class="told" dir="auto"><p>a</p></div>"#);
    assert_eq!(Prose::maybe(None, Headings::Lines).to_string(), "");
    assert_eq!(Prose::maybe(Some(" "), Headings::Lines).to_string(), "");
}

#[test]
fn headings_go_down_a_step_at_a_time_below_those_of_the_page() {
    let text = "### a\n###### b\n#### c\n# d\n## e\n\nf\n===\n\n#";
    assert_eq!(
        of(text),
        "<h2>a</h2><h3>b</h3><h3>c</h3><h2>d</h2><h3>e</h3><h2>f</h2>"
    );
    let below = |above| Prose::of("# a\n## b\n### c\n#### d", Headings::Below(above)).html;
    assert_eq!(below(3), "<h4>a</h4><h5>b</h5><h6>c</h6><h6>d</h6>");
    let lines = Prose::of("# a\n\nb", Headings::Lines).html;
    assert_eq!(lines, "<p><strong>a</strong></p><p>b</p>");
}

#[test]
fn links_lead_to_other_sites_and_pictures_are_links() {
    let rel = r#"rel="nofollow noopener noreferrer""#;
    for (text, html) in [
        (
            "[a](https://a.example/?b=1&c=%22 't')",
            format!("<p><a {rel} href=\"https://a.example/?b=1&#38;c=%22\">a</a></p>"),
        ),
        (
            "<https://a.example>",
            format!("<p><a {rel} href=\"https://a.example\">https://a.example</a></p>"),
        ),
        (
            "[](https://a.example)",
            format!("<p><a {rel} href=\"https://a.example\">https://a.example</a></p>"),
        ),
        (
            "![b *c*](https://a.example/i.png)",
            format!("<p><a {rel} href=\"https://a.example/i.png\">b <em>c</em></a></p>"),
        ),
        (
            "[![b](https://i.example)](https://a.example)",
            format!("<p><a {rel} href=\"https://a.example\">b</a></p>"),
        ),
        ("<ada@a.example>", "<p>ada@a.example</p>".to_owned()),
        (
            "[a](mailto:ada@a.example)",
            format!("<p><a {rel} href=\"mailto:ada@a.example\">a</a></p>"),
        ),
        ("[a](javascript:alert\\(1\\))", "<p>a</p>".to_owned()),
        ("[a](java&#x73;cript:alert\\(1\\))", "<p>a</p>".to_owned()),
        ("[a](data:text/html;base64,AAAA)", "<p>a</p>".to_owned()),
        ("![a](data:image/png;base64,AAAA)", "<p>a</p>".to_owned()),
        (
            "[a](//b.example) [c](/console) [d](#e)",
            "<p>a c d</p>".to_owned(),
        ),
        (
            "[a][b]\n\n[b]: <javascript:alert(1)>",
            "<p>a</p>".to_owned(),
        ),
        (
            "[a](https://a.example/\"onmouseover=x)",
            format!("<p><a {rel} href=\"https://a.example/&#34;onmouseover=x\">a</a></p>"),
        ),
    ] {
        let html = html.replace("<p>ada@a.example</p>", &of("<ada@a.example>"));
        assert_eq!(of(text), html, "{text}");
    }
}

#[test]
fn html_says_what_it_says_in_our_own_dress() {
    let rel = r#"rel="nofollow noopener noreferrer""#;
    for (text, html) in [
        ("<p>One <b onclick=\"x\">two</b></p>\n<p>three &amp; four</p>", "<p>One <strong>two</strong></p><p>three &amp; four</p>".to_owned()),
        ("a<br>b <i>c</i> <span style='x'>d</span>", "<p>a<br>b <em>c</em> d</p>".to_owned()),
        ("<ul><li>a</li><li><p>b</p><p>c</p></li></ul>", "<ul><li>a</li><li>b<br>c</li></ul>".to_owned()),
        ("<ul>\n  <li>a\n  <ul><li>b</ul>\n</ul>c", "<ul><li>a\n  <br><ul><li>b</li></ul>\n</li></ul><p>c</p>".to_owned()),
        ("| a |\n|---|\n| b<ul><li>c</li><li>d</li></ul> |", "<div class=\"grid\" role=\"group\" tabindex=\"0\" aria-label=\"Table\"><table><thead><tr><th scope=\"col\">a</th></tr></thead><tbody><tr><td>b<br>• c<br>• d</td></tr></tbody></table></div>".to_owned()),
        ("x <a href=\"https://a.example?b=1&amp;c=2\" onclick='y'>d</a>", format!("<p>x <a {rel} href=\"https://a.example?b=1&#38;c=2\">d</a></p>")),
        ("x <a href='javascript:alert(1)'>d</a> <a href='java&#115;cript:x'>e</a>", "<p>x d e</p>".to_owned()),
        ("x <img src='https://a.example/i' onerror='z' alt='A \"picture\"'>", format!("<p>x <a {rel} href=\"https://a.example/i\">A &#34;picture&#34;</a></p>")),
        ("<b>a\n\n</b>c", "<p><strong>a</strong></p><p>c</p>".to_owned()),
        ("*a <b>c* d</b>", "<p><em>a <strong>c</strong></em> d</p>".to_owned()),
        ("a <!-- b --> c <!-- d", "<p>a  c &#60;!-- d</p>".to_owned()),
        ("<!-- a\n\n b --> c\n\nd", "<p> c\n</p><p>d</p>".to_owned()),
        ("Bearer <token>", "<p>Bearer &#60;token&#62;</p>".to_owned()),
    ] {
        assert_eq!(of(text), html, "{text}");
    }
}

#[test]
fn what_could_act_is_text() {
    for text in [
        "<script>alert(1)</script>",
        "a <script src=//b.example></script>",
        "<iframe srcdoc='<script>x</script>'></iframe>",
        "<svg/onload=alert(1)>",
        "<style>* { display: none }</style>",
        "<form action=/console><input name=a></form>",
        "<p><math><script>alert(1)</script></math></p>",
        "<p title=\"</p><script>alert(1)</script>\">a</p>",
        "<a href=\"https://a.example\"><script>alert(1)</script></a>",
        "```\n</code></pre><script>alert(1)</script>",
        "`</code><script>alert(1)</script>`",
        "<!--><script>alert(1)</script>-->",
        "<!--\n--!><script>alert(1)</script>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?x <script>alert(1)</script> ?>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<p>&lt;script>alert(1)&lt;/script></p>",
        "[<script>alert(1)</script>](https://a.example)",
        "![<script>](https://a.example/\"><script>alert(1)</script>)",
        "[a]: https://a.example \"<script>\"\n\n[a]<script>",
        "| <script> |\n|---|\n| <td onclick=x><script> |",
        "<p onclick=x>a<p/onclick=y>b",
        "<a href=\"https://a.example/' onclick='x\">b</a>",
    ] {
        for headings in [Headings::Below(1), Headings::Lines] {
            let html = Prose::of(text, headings).html;
            assert_is_ours(&html, text);
        }
    }
}

/// Says that every tag is one that this folder writes, and that they are balanced.
fn assert_is_ours(html: &str, source: &str) {
    const OURS: &[&str] = &[
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "div",
        "em",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    let mut open = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, words) = piece.split_once('>').expect("a tag has an end");
        assert!(!words.contains('>'), "{source}: {html}");
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let is_known = OURS.contains(&name.trim_start_matches('/'));
        assert!(is_known, "{tag} in {source}: {html}");
        let plain = attributes.replace(
            r#"rel="nofollow noopener noreferrer" href="https://a.example"#,
            "",
        );
        assert!(
            !plain.contains("on") || plain.contains("role=\"group\""),
            "{tag} in {source}: {html}"
        );
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{source}: {html}"),
            None if matches!(name, "br" | "hr") => {}
            None => open.push(name),
        }
    }
    assert_eq!(open, Vec::<&str>::new(), "{source}: {html}");
}

#[test]
fn texts_that_are_too_long_are_shown_as_they_are() {
    let long = format!("# a\n\n<b>b</b>\nc\n\n{}", "d ".repeat(MOST_TEXT));
    let html = of(&long);
    assert!(html.starts_with(
        "<p class=\"plain\"># a</p><p class=\"plain\">&#60;b&#62;b&#60;/b&#62;\nc</p>"
    ));
    let wide = format!(
        "{}\n{}\n{}",
        "|a".repeat(900),
        "|-".repeat(900),
        "b\n".repeat(900)
    );
    assert!(wide.len() < MOST_TEXT);
    assert!(
        of(&wide).starts_with("<p class=\"plain\">|a"),
        "a table that grows"
    );
}

#[test]
fn whatever_is_repeated_takes_a_moment_and_stays_in_order() {
    let pieces = [
        "[",
        "*",
        ">",
        "> ",
        "_a",
        "`",
        "``a`",
        "![",
        "[a](",
        "[a]:\n",
        "<",
        "<b>",
        "</b>",
        "<ul><li>",
        "<p>",
        "<a href=\"",
        "<!--",
        "<!-- a -->",
        "- ",
        "  - a\n",
        "1. ",
        "# ",
        "|",
        "|-|\n",
        "\\",
        "&",
        "&#0;",
        "a\n===\n",
        "~~a",
        "*a **b ",
        "[a][b]",
        "\t",
        "\0",
        "\u{202e}",
        "```\n",
        "<?",
        "<![CDATA[",
        "<img alt='a'>",
        "*<b>_</b>*",
        "<ul>",
        "<li><ul>",
        "> - ",
        "**a*",
        "[![a](b)",
        "<a>",
        "<A\n",
    ];
    for size in [MOST_TEXT, 1 << 20] {
        for piece in pieces {
            let text = piece.repeat(size / piece.len());
            let since = Instant::now();
            let html = of(&text);
            assert!(
                since.elapsed() < Duration::from_secs(2),
                "{piece:?}: {:?}",
                since.elapsed()
            );
            let end = html
                .char_indices()
                .map(|(at, _)| at)
                .take_while(|at| *at < 99)
                .last();
            assert!(html.len() <= 8 * text.len(), "{piece:?}: {}", html.len());
            assert_is_ours(&html, &format!("{piece:?} {}", &html[..end.unwrap_or(0)]));
        }
    }
}
