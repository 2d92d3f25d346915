//! What is seen, letter by letter.

use super::*;

fn shown(language: Language, width: usize, height: usize, letters: &str) -> String {
    let mut view = view(tidy_up(language), width, height);
    for letter in letters.chars() {
        press(&mut view, KeyCode::Char(letter));
    }
    texts(&view).join("\n")
}

#[test]
fn a_usual_terminal() {
    assert_eq!(
        shown(Language::English, 80, 24, ""),
        [
            "4 steps | !! DELETES (1 of 4) | can NOT be undone (1 of 4)",
            ">o   1  mkdir reports",
            " │      Create the directory reports",
            " │      changes | creates /home/ann/reports | can be undone",
            " ├─o 2  mv january.pdf reports/",
            " │      Move the file january.pdf into reports",
            " │      changes | moves /home/ann/january.pdf | creates",
            " │      /home/ann/reports/january.pdf | can be undone | needs step 1 to succeed",
            " o   3  mv 二月.pdf reports/",
            "        Move the file 二月.pdf into reports",
            "        changes | moves /home/ann/二月.pdf | creates /home/ann/reports/二月.pdf",
            "        | can be undone | needs step 1 to succeed",
            " !   4  rm -rf .cache",
            "        Delete the item .cache with everything inside",
            "        !! DELETES | deletes more than 1204 files, 31 directories, 48 MB:",
            "        /home/ann/.cache",
            "        can NOT be undone: it is too much for the trash",
            "Run this? [y] run  [s] step by step  [e] edit  [?] keys  [n] decline (default) ",
        ]
        .join("\n")
    );
}

#[test]
fn a_narrow_one() {
    assert_eq!(
        shown(Language::English, 40, 12, "jjj"),
        [
            "4 steps | !! DELETES (1 of 4) | can NOT",
            "be undone (1 of 4)  21-29/29",
            "        succeed",
            ">!   4  rm -rf .cache",
            "        Delete the item .cache with",
            "        everything inside",
            "        !! DELETES | deletes more than",
            "        1204 files, 31 directories, 48",
            "        MB: /home/ann/.cache",
            "        can NOT be undone: it is too",
            "        much for the trash",
            "Run this? [y/s/e/?/N] ",
        ]
        .join("\n")
    );
}

#[test]
fn the_narrowest_one_in_chinese() {
    assert_eq!(
        shown(Language::Chinese, 20, 30, ""),
        [
            "4 个步骤 |  1-26/51",
            "!!【删除】 1/4 |",
            "【无法】撤销 1/4",
            ">o   1 mkdir reports",
            " │     创建目录",
            " │     reports",
            " │     有改动 | 新建",
            " │     /home/ann/rep",
            " │     orts |",
            " │     可以撤销",
            " ├─o 2 mv ",
            " │     january.pdf ",
            " │     reports/",
            " │     把文件",
            " │     january.pdf移",
            " │     动到 reports",
            " │     有改动 | 移走",
            " │     /home/ann/jan",
            " │     uary.pdf |",
            " │     新建",
            " │     /home/ann/rep",
            " │     orts/january.",
            " │     pdf |",
            " │     可以撤销 |",
            " │     依赖步骤 1",
            " │     成功",
            " o   3 mv 二月.pdf ",
            "       reports/",
            "       把文件",
            "运行？[y/N/?] ",
        ]
        .join("\n")
    );
}

#[test]
fn a_large_one() {
    assert_eq!(shown(Language::English, 200, 60, "jjjxi"),
        [
            "4 steps | !! DELETES (1 of 4) | can NOT be undone (1 of 4)",
            " o   1  mkdir reports",
            " │      Create the directory reports",
            " │      changes | creates /home/ann/reports | can be undone",
            " ├─o 2  mv january.pdf reports/",
            " │      Move the file january.pdf into reports",
            " │      changes | moves /home/ann/january.pdf | creates /home/ann/reports/january.pdf | can be undone | needs step 1 to succeed",
            " o   3  mv 二月.pdf reports/",
            "        Move the file 二月.pdf into reports",
            "        changes | moves /home/ann/二月.pdf | creates /home/ann/reports/二月.pdf | can be undone | needs step 1 to succeed",
            ">!   4  rm -rf .cache",
            "        Delete the item .cache with everything inside",
            "        !! DELETES | deletes more than 1204 files, 31 directories, 48 MB: /home/ann/.cache",
            "        can NOT be undone: it is too much for the trash",
            "          -r  directories, too",
            "          -f  never ask",
            "          deletes (1):",
            "            /home/ann/.cache",
            "Run this? [y] run  [s] step by step  [e] edit  [?] keys  [n] decline (default) ",
        ]
        .join("\n")
    );
}

#[test]
fn a_usual_one_in_chinese() {
    assert_eq!(
        shown(Language::Chinese, 80, 24, "j "),
        [
            "3 个步骤 | !!【删除】 1/3 | 【无法】撤销 1/3",
            " o   1  mkdir reports",
            " │      创建目录 reports",
            " │      有改动 | 新建 /home/ann/reports | 可以撤销",
            ">├─o 2  [关闭] mv january.pdf reports/",
            " o   3  mv 二月.pdf reports/",
            "        把文件 二月.pdf移动到 reports",
            "        有改动 | 移走 /home/ann/二月.pdf | 新建 /home/ann/reports/二月.pdf |",
            "        可以撤销 | 依赖步骤 1 成功",
            " !   4  rm -rf .cache",
            "        删除项目 .cache及其中的全部内容",
            "        !!【删除】 | 删除 超过 1204 个文件、31 个目录、48 MB：/home/ann/.cache",
            "        【无法】撤销：内容太多，无法放入回收站",
            "运行吗？[y] 运行  [s] 逐步  [e] 编辑  [?] 按键  [n] 拒绝（默认） ",
        ]
        .join("\n")
    );
}
