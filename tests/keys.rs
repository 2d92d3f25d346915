//! The keys of the line editor, emacs' and vi's: what is typed, the line and the cursor
//! then (`¦`), and what Enter runs. What is expected is what readline's manual says.

mod support;

use support::typed::{Case, empty, everywhere, table};

/// Moving, and typing where one has moved to.
const MOVES: &[Case] = &[
    ("echo ab«Left»x", "echo ax¦b", "axb"),
    ("echo ab«C-b»x", "echo ax¦b", "axb"),
    ("echo ab«Left»«Left»«Right»x", "echo ax¦b", "axb"),
    ("echo ab«C-b»«C-b»«C-f»x", "echo ax¦b", "axb"),
    ("cho a«C-a»e", "e¦cho a", "a"),
    ("cho a«Home»e", "e¦cho a", "a"),
    ("cho a«C-a»e«C-e»b", "echo ab¦", "ab"),
    ("cho a«Home»e«End»b", "echo ab¦", "ab"),
    ("echo one two«M-b»x", "echo one x¦two", "one xtwo"),
    ("echo one two«M-b»«M-b»x", "echo x¦one two", "xone two"),
    ("echo one-two«M-b»x", "echo one-x¦two", "one-xtwo"),
    ("echo one/two«C-Left»x", "echo one/x¦two", "one/xtwo"),
    ("echo one two«C-a»«M-f» x", "echo x¦ one two", "x one two"),
    ("echo one two«C-a»«M-f»«M-f»x", "echo onex¦ two", "onex two"),
    ("echo one two«C-a»«C-Right»«C-Right»x", "echo onex¦ two", "onex two"),
    ("echo end«C-a»«M-f»«M-f»«M-f»x", "echo endx¦", "endx"),
    ("«Left»echo a", "echo a¦", "a"),
    ("echo a«Left»«Left»«Left»«Left»«Left»«Left»«Left»«Left»«C-e»b", "echo ab¦", "ab"),
    // Ctrl-] stands before the character that it looks for, not on it as in readline.
];

/// Deleting, killing and yanking.
const KILLS: &[Case] = &[
    ("echo abx«BS»", "echo ab¦", "ab"),
    ("echo abx«C-h»", "echo ab¦", "ab"),
    ("echo axb«Left»«BS»", "echo a¦b", "ab"),
    ("echo axb«Left»«Left»«Del»", "echo a¦b", "ab"),
    ("echo axb«Left»«Left»«C-d»", "echo a¦b", "ab"),
    ("echo ab«Del»", "echo ab¦", "ab"),
    ("«BS»echo ab", "echo ab¦", "ab"),
    ("echo one two«C-w»", "echo one ¦", "one"),
    ("echo one/two«C-w»x", "echo x¦", "x"),
    ("echo one two  «C-w»x", "echo one x¦", "one x"),
    ("echo one/two«M-BS»x", "echo one/x¦", "one/x"),
    ("echo one-two«M-BS»«M-BS»x", "echo x¦", "x"),
    ("echo one two«M-b»«M-d»x", "echo one x¦", "one x"),
    ("echo one two«C-a»«M-f»«M-d»", "echo¦ two", "two"),
    ("xx echo one«C-a»«M-d»«Del»", "¦echo one", "one"),
    ("nonsense echo«C-u»echo b", "echo b¦", "b"),
    ("no such echo a«C-b»«C-b»«C-b»«C-b»«C-b»«C-b»«C-u»", "¦echo a", "a"),
    ("echo one two«M-b»«C-k»", "echo one ¦", "one"),
    ("echo one two«C-a»«C-k»echo three", "echo three¦", "three"),
    ("echo one two«C-w»«C-y»", "echo one two¦", "one two"),
    ("echo one two«C-w»«C-y»«C-y»", "echo one twotwo¦", "one twotwo"),
    ("echo one two«M-b»«C-k»«C-a»«C-e»x «C-y»", "echo one x two¦", "one x two"),
    ("one echo«M-b»«C-u»«C-e» «C-y»", "echo one ¦", "one"),
    ("echo one two«C-w»«C-w»«C-y»", "echo one two¦", "one two"),
    ("echo one two«M-b»«M-d»«M-b»«M-d»«C-y»«M-y»", "echo two¦", "two"),
    ("echo a b«C-x»«BS»echo c", "echo c¦", "c"),
];

/// Changing what stands there, and undoing it.
const CHANGES: &[Case] = &[
    ("echo ba«C-t»", "echo ab¦", "ab"),
    ("echo bac«Left»«C-t»", "echo bca¦", "bca"),
    ("echo one two«M-t»", "echo two one¦", "two one"),
    ("echo one«M-b»«M-u»", "echo ONE¦", "ONE"),
    ("echo ONE«M-b»«M-l»", "echo one¦", "one"),
    ("echo one«M-b»«M-c»", "echo One¦", "One"),
    ("echo one two«M-b»«M-b»«M-u»x", "echo ONEx¦ two", "ONEx two"),
    ("echo one two«C-_»", "echo one¦", "one"),
    ("echo one two«C-w»«C-_»", "echo one two¦", "one two"),
    ("echo one two«C-w»«C-x»«C-u»", "echo one two¦", "one two"),
    ("echo «M-3»x", "echo xxx¦", "xxx"),
    ("echo abcdef«M-3»«Left»x", "echo abcx¦def", "abcxdef"),
    ("echo abcdef«M-3»«BS»", "echo abc¦", "abc"),
    ("echo a b c d«M-2»«M-b»x", "echo a b x¦c d", "a b xc d"),
    ("echo 'a«C-v»«Tab»b' | tr '\\t' T", "echo 'a b' | tr '\\t' T¦", "aTb"),
    ("echo a«C-l»b", "echo ab¦", "ab"),
    ("echo a«C-z»b", "echo ab¦", "ab"),
    ("echo a«C-g»", "echo a¦", "a"),
];

/// In vi's insert mode, and after Escape.
const VI: &[Case] = &[
    ("echo ab", "echo ab¦", "ab"),
    ("echo abx«BS»", "echo ab¦", "ab"),
    ("echo one two«C-w»x", "echo one x¦", "one x"),
    ("nonsense«C-u»echo b", "echo b¦", "b"),
    ("echo ab«Esc»", "echo a¦b", "ab"),
    ("echo ab«Esc»ix", "echo ax¦b", "axb"),
    ("echo ab«Esc»ax", "echo abx¦", "abx"),
    ("cho ab«Esc»0ie", "e¦cho ab", "ab"),
    ("cho ab«Esc»Ie", "e¦cho ab", "ab"),
    ("cho ab«Esc»Ie«Esc»Ac", "echo abc¦", "abc"),
    ("echo abcd«Esc»hhx", "echo a¦cd", "acd"),
    ("echo abcd«Esc»0lllllx", "echo ¦bcd", "bcd"),
    ("echo abcd«Esc»x", "echo ab¦c", "abc"),
    ("echo abcd«Esc»X", "echo ab¦d", "abd"),
    ("echo abcd«Esc»2X", "echo a¦d", "ad"),
    ("echo one two«Esc»bx", "echo one ¦wo", "one wo"),
    ("echo one-two«Esc»Bx", "echo ¦ne-two", "ne-two"),
    ("echo one two«Esc»0wx", "echo ¦ne two", "ne two"),
    ("echo one two«Esc»0wex", "echo on¦ two", "on two"),
    ("echo one two«Esc»0wdw", "echo ¦two", "two"),
    ("echo one two«Esc»bD", "echo one¦", "one"),
    ("echo one two«Esc»bdb", "echo ¦two", "two"),
    ("true one two«Esc»0wd$", "true¦", ""),
    ("echo one two«Esc»0wcwsix", "echo six¦ two", "six two"),
    ("echo one two«Esc»bCsix", "echo one six¦", "one six"),
    ("nonsense«Esc»ddiecho a", "echo a¦", "a"),
    ("nonsense«Esc»ccecho a", "echo a¦", "a"),
    ("nonsense«Esc»Secho a", "echo a¦", "a"),
    ("echo ab«Esc»rx", "echo a¦x", "ax"),
    ("echo ab«Esc»hRxy", "echo xy¦", "xy"),
    ("echo ab«Esc»sx", "echo ax¦", "ax"),
    ("echo axbxc«Esc»0fxx", "echo a¦bxc", "abxc"),
    ("echo axbxc«Esc»0fx;x", "echo axb¦c", "axbc"),
    ("echo axbxc«Esc»Fxx", "echo axb¦c", "axbc"),
    ("echo axbxc«Esc»0wtxx", "echo ¦xbxc", "xbxc"),
    ("echo one two«Esc»0wdwu", "echo ¦one two", "one two"),
    ("echo one two«Esc»0wdw$p", "echo twoone¦", "twoone"),
    ("echo abcd«Esc»0wx..", "echo ¦d", "d"),
    // vi's ~ changes nothing here.
    ("echo abc«Esc»02wx", "echo ab¦", "ab"),
];

#[test]
fn keys_of_emacs_move() {
    table(empty, &[], MOVES);
}

#[test]
fn keys_of_emacs_kill_and_yank() {
    table(empty, &[], KILLS);
}

#[test]
fn keys_of_emacs_change_and_undo() {
    table(empty, &[], CHANGES);
}

#[test]
fn keys_of_vi() {
    everywhere((24, 80), empty, |session| {
        session.vi();
        let wrong = session.all_wrong(VI);
        assert!(wrong.is_empty(), "{wrong}");
    });
}
