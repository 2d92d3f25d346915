//! Lines that were entered before: stepped to, looked for, meant by signs, suggested.

mod support;

use support::typed::{Case, empty, table};

const STEPPED_TO: &[Case] = &[
    ("echo one«Enter»«Up»", "echo one¦", "one"),
    ("echo one«Enter»echo two«Enter»«Up»«Up»", "echo one¦", "one"),
    ("echo one«Enter»echo two«Enter»«Up»«Up»«Down»", "echo two¦", "two"),
    ("echo one«Enter»echo two«Enter»«C-p»«C-p»", "echo one¦", "one"),
    ("echo one«Enter»echo two«Enter»«C-p»«C-p»«C-n»", "echo two¦", "two"),
    ("echo one«Enter»«Up»«Down»", "¦", ""),
    ("echo one«Enter»echo dra«Up»«Down»ft", "echo draft¦", "draft"),
    ("echo one«Enter»«Up»«M->»", "¦", ""),
    ("echo one«Enter»«Up»«BS»«BS»«BS»two", "echo two¦", "two"),
    ("echo seen«Enter» echo hidden«Enter»«Up»", "echo seen¦", "seen"),
    ("echo seen«Enter»«Enter»«Up»", "echo seen¦", "seen"),
    ("echo 漢字«Enter»«Up»«BS»", "echo 漢¦", "漢"),
    ("echo kept«Enter»echo gone«Enter» history -d -1«Enter»«Up»", "echo kept¦", "kept"),
    ("echo a b«Enter»echo «M-.»", "echo b¦", "b"),
    ("echo a b«Enter»echo «M-_»", "echo b¦", "b"),
    ("echo 'a  b'«Enter»echo «M-.»", "echo 'a  b'¦", "a  b"),
    ("echo a b; echo c«Enter»echo «M-.»x", "echo cx¦", "cx"),
    ("echo a b«Enter» echo c«Enter»echo «M-.»", "echo b¦", "b"),
    ("echo a b«Enter»echo c d«Enter»echo «M-.»«M-.»", "echo d¦", "d"),
    ("echo kept«Enter»echo gone«Enter» history -d -1«Enter»echo «M-.»", "echo kept¦", "kept"),
    ("echo a b«Enter»echo 二«Enter»echo «M-.» «M-.»", "echo 二 二¦", "二 二"),
    ("echo a b«Enter»echo b«M-.»", "echo bb¦", "bb"),
    ("echo a b«Enter»echo x«Left»«M-.»", "echo b¦x", "bx"),
];

const SIGNS: &[Case] = &[
    ("echo one«Enter»!!", "!!¦", "echo one\none"),
    ("echo one«Enter»!! two", "!! two¦", "echo one two\none two"),
    ("echo one two«Enter»echo !$", "echo !$¦", "echo two\ntwo"),
    ("echo one two«Enter»echo !^", "echo !^¦", "echo one\none"),
    ("echo one two«Enter»echo x !*", "echo x !*¦", "echo x one two\nx one two"),
    ("echo one two«Enter»echo !:2 !:1", "echo !:2 !:1¦", "echo two one\ntwo one"),
    ("echo one two three«Enter»echo !:2-3", "echo !:2-3¦", "echo two three\ntwo three"),
    ("echo one two three«Enter»echo !:2*", "echo !:2*¦", "echo two three\ntwo three"),
    ("echo one two three«Enter»echo !:1-$", "echo !:1-$¦", "echo one two three\none two three"),
    ("echo one two three«Enter»!:0 !:-1", "!:0 !:-1¦", "echo echo one\necho one"),
    ("echo one«Enter»echo two«Enter»!-2", "!-2¦", "echo one\none"),
    ("echo one«Enter»true two«Enter»!ech", "!ech¦", "echo one\none"),
    ("echo one two«Enter»true«Enter»!?ne t?", "!?ne t?¦", "echo one two\none two"),
    ("echo one two«Enter»^one^three", "^one^three¦", "echo three two\nthree two"),
    ("echo one two«Enter»^one^three^", "^one^three^¦", "echo three two\nthree two"),
    ("echo one one«Enter»!!:s/one/two/", "!!:s/one/two/¦", "echo two one\ntwo one"),
    ("echo one one«Enter»!!:gs/one/two/", "!!:gs/one/two/¦", "echo two two\ntwo two"),
    ("echo one«Enter»!!:s/one/&s/", "!!:s/one/&s/¦", "echo ones\nones"),
    ("echo one«Enter»!!:p", "!!:p¦", "echo one"),
    ("echo /a/b.c«Enter»echo !$:h", "echo !$:h¦", "echo /a\n/a"),
    ("echo /a/b.c«Enter»echo !$:t", "echo !$:t¦", "echo b.c\nb.c"),
    ("echo /a/b.c«Enter»echo !$:r", "echo !$:r¦", "echo /a/b\n/a/b"),
    ("echo /a/b.c«Enter»echo !$:e", "echo !$:e¦", "echo .c\n.c"),
    ("echo /a/b.c«Enter»echo !$:t:r", "echo !$:t:r¦", "echo b\nb"),
    ("echo one«Enter»echo \"!!\"", "echo \"!!\"¦", "echo \"echo one\"\necho one"),
    ("echo one«Enter»echo '!!'", "echo '!!'¦", "!!"),
    ("echo one«Enter»echo \\!\\!", "echo \\!\\!¦", "!!"),
    ("echo a! b", "echo a! b¦", "a! b"),
    ("echo a!", "echo a!¦", "a!"),
    ("echo !=b", "echo !=b¦", "!=b"),
    ("echo long !#:1", "echo long !#:1¦", "echo long long\nlong long"),
    ("!nosuchline", "!nosuchline¦", "llmsh: !nosuchline: event not found"),
    ("echo one«Enter»^none^two", "^none^two¦", "llmsh: ^none^two: substitution failed"),
    ("echo one«Enter»!!«Enter»«Up»", "echo one¦", "one"),
    ("echo one«Enter»fc -s", "fc -s¦", "echo one\none"),
    ("echo one«Enter»fc -s one=two", "fc -s one=two¦", "echo two\ntwo"),
    ("echo one«Enter»echo two«Enter»fc -s -2", "fc -s -2¦", "echo one\none"),
    ("echo one«Enter»fc -ln -1 | tr -d '\\t '", "fc -ln -1 | tr -d '\\t '¦", "echoone"),
    (
        "history 1 | sed 's/^ *[0-9]* *//'",
        "history 1 | sed 's/^ *[0-9]* *//'¦",
        "history 1 | sed 's/^ *[0-9]* *//'",
    ),
];

const FOUND: &[Case] = &[
    ("echo sugar and salt«Enter»echo sug«Right»", "echo sugar and salt¦", "sugar and salt"),
    ("echo pepper and oil«Enter»echo p«Alt-Right»", "echo pepper¦", "pepper"),
    (
        "echo pepper and ice«Enter»echo pepper and i«Alt-Right»",
        "echo pepper and ice¦",
        "pepper and ice",
    ),
    ("echo honey bread«Enter»echo hon", "echo hon¦", "hon"),
    ("echo honey bread«Enter»echo hon«Left»«Right»", "echo hon¦", "hon"),
    ("echo first find«Enter»echo later«Enter»«C-r»irst«Line»", "echo first find¦", "first find"),
    ("echo two words«Enter»true«Enter»«C-r»words two«Line»", "echo two words¦", "two words"),
    ("true«Enter»echo dra«C-r»zzzz«Esc»ft", "echo draft¦", "draft"),
];

#[test]
fn keys_step_through_the_lines_of_before() {
    table(empty, &[], STEPPED_TO);
}

#[test]
fn signs_mean_lines_of_before() {
    table(empty, &[], SIGNS);
}

#[test]
fn suggestions_are_taken_and_lines_are_found() {
    table(empty, &["echo begin"], FOUND);
}
