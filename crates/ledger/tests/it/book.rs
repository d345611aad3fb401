//! The examples of `docs/book/src/audit-format.md`, so that whoever writes a verifier from it can trust them.

use crate::log::Log;

const BOOK: &str = include_str!("../../../../docs/book/src/audit-format.md");

#[test]
fn the_examples_of_the_book_are_what_the_code_computes() {
    let log = Log::honest(3);
    for row in &log.rows[..2] {
        let canonical = String::from_utf8(row.canonical.clone()).unwrap();
        let (leaf, root) = (hex::encode(&row.leaf_hash), hex::encode(&row.root_after));
        let (seq, lines) = (row.seq, format!("leaf_hash   {leaf}\nroot_after  {root}\n"));
        let example = format!("event {seq}     {canonical}\n{lines}");
        assert!(
            BOOK.contains(&example),
            "the book does not have:\n{example}"
        );
    }
    let (frontier, root) = (hex::encode(&log.head.frontier), hex::encode(&log.head.root));
    let example = format!("frontier    {frontier}\nroot        {root}\n");
    assert!(
        BOOK.contains(&example),
        "the book does not have:\n{example}"
    );
}
