//! Dependencies between steps as lines in a gutter.
//!
//! Each step that others need has a lane below it until the last of them. A step
//! takes over the lane of what ends with it, so that a plain chain is one line.

/// What is drawn beside a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Beside its first line.
    pub(super) head: String,
    /// Beside its other lines.
    pub(super) below: String,
}

/// The characters of the lines.
#[derive(Clone, Copy, Debug)]
struct Pen {
    pass: char,
    across: char,
    cross: char,
    left: char,
    left_end: char,
    right: char,
    right_end: char,
}

const BOX: Pen = Pen {
    pass: '│',
    across: '─',
    cross: '┼',
    left: '├',
    left_end: '└',
    right: '┤',
    right_end: '┘',
};

const ASCII: Pen = Pen {
    pass: '|',
    across: '-',
    cross: '+',
    left: '+',
    left_end: '`',
    right: '+',
    right_end: '\'',
};

/// The node of a step, and that of one that stands out. ASCII, because the
/// geometric shapes are two columns wide in some terminals.
const NODE: char = 'o';
const LOUD: char = '!';

/// A lane: the step that it belongs to, and how many still need that.
type Lane = Option<(usize, usize)>;

/// Draws the gutter. `needs` are, for each step, the steps before it that it needs,
/// all counted from 0 in the order in which they are shown; `loud` are the steps
/// that stand out.
pub(super) fn gutter(needs: &[Vec<usize>], loud: &[bool], ascii: bool) -> Vec<Row> {
    let pen = if ascii { ASCII } else { BOX };
    let parents = reduced(needs);
    let mut children = vec![0usize; needs.len()];
    for parent in parents.iter().flatten() {
        children[*parent] += 1;
    }
    let mut lanes: Vec<Lane> = Vec::new();
    let mut rows = Vec::with_capacity(needs.len());
    for step in 0..needs.len() {
        let mut joined = Vec::new();
        for (column, lane) in lanes.iter_mut().enumerate() {
            if let Some((owner, left)) = lane
                && parents[step].contains(owner)
            {
                *left -= 1;
                joined.push((column, *left == 0));
            }
        }
        let taken_over = joined.iter().find(|(_, ends)| *ends).map(|(column, _)| *column);
        let own =
            taken_over.or_else(|| lanes.iter().position(Option::is_none)).unwrap_or(lanes.len());
        if own == lanes.len() {
            lanes.push(None);
        }
        let node = if loud.get(step).copied().unwrap_or(false) { LOUD } else { NODE };
        let head = head(&lanes, &joined, own, node, pen);
        for (column, ends) in joined {
            if ends {
                lanes[column] = None;
            }
        }
        if children[step] > 0 {
            lanes[own] = Some((step, children[step]));
        }
        let below = lanes.iter().map(|lane| if lane.is_some() { pen.pass } else { ' ' });
        rows.push(Row { head, below: spaced(below) });
    }
    let width = 2 * lanes.len().max(1) - 1;
    for row in &mut rows {
        for text in [&mut row.head, &mut row.below] {
            let missing = width - text.chars().count();
            text.push_str(&" ".repeat(missing));
        }
    }
    rows
}

/// The line with the node in the column `own`; `joined` are the lanes that end or
/// go on there.
fn head(lanes: &[Lane], joined: &[(usize, bool)], own: usize, node: char, pen: Pen) -> String {
    let columns = || joined.iter().map(|(column, _)| *column).chain([own]);
    let from = columns().min().unwrap_or(own);
    let to = columns().max().unwrap_or(own);
    let mut text = String::new();
    for (column, lane) in lanes.iter().enumerate() {
        let inside = from <= column && column <= to;
        let join = joined.iter().find(|(other, _)| *other == column).map(|(_, ends)| *ends);
        text.push(match (join, lane) {
            _ if column == own => node,
            (Some(ends), _) if column < own => {
                if ends {
                    pen.left_end
                } else {
                    pen.left
                }
            }
            (Some(ends), _) => {
                if ends {
                    pen.right_end
                } else {
                    pen.right
                }
            }
            (None, Some(_)) => {
                if inside {
                    pen.cross
                } else {
                    pen.pass
                }
            }
            (None, None) => {
                if inside {
                    pen.across
                } else {
                    ' '
                }
            }
        });
        if column + 1 < lanes.len() {
            text.push(if from <= column && column < to { pen.across } else { ' ' });
        }
    }
    text
}

fn spaced(cells: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    for cell in cells {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push(cell);
    }
    text
}

/// The needs that do not follow from others.
fn reduced(needs: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut behind: Vec<Vec<bool>> = Vec::with_capacity(needs.len());
    let mut reduced = Vec::with_capacity(needs.len());
    for (step, list) in needs.iter().enumerate() {
        let mut reached = vec![false; step];
        let mut kept = Vec::new();
        let mut near: Vec<usize> = list.iter().copied().filter(|need| *need < step).collect();
        near.sort_unstable_by(|left, right| right.cmp(left));
        for need in near {
            if reached[need] {
                continue;
            }
            kept.push(need);
            reached[need] = true;
            for (index, known) in behind[need].iter().enumerate() {
                reached[index] |= known;
            }
        }
        behind.push(reached);
        reduced.push(kept);
    }
    reduced
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(needs: &[&[usize]], ascii: bool) -> Vec<String> {
        let needs: Vec<Vec<usize>> = needs.iter().map(|list| list.to_vec()).collect();
        let loud = vec![false; needs.len()];
        let rows = gutter(&needs, &loud, ascii);
        rows.iter().flat_map(|row| [row.head.clone(), row.below.clone()]).collect()
    }

    #[test]
    fn a_chain_is_one_line() {
        assert_eq!(drawn(&[&[], &[0], &[0, 1]], false), ["o", "│", "o", "│", "o", " "]);
    }

    #[test]
    fn several_that_need_one_branch_off() {
        let expected = ["o  ", "│  ", "├─o", "│  ", "├─o", "│  ", "o  ", "   "];
        assert_eq!(drawn(&[&[], &[0], &[0], &[0]], false), expected);
        let expected = ["o  ", "|  ", "+-o", "|  ", "+-o", "|  ", "o  ", "   "];
        assert_eq!(drawn(&[&[], &[0], &[0], &[0]], true), expected);
    }

    #[test]
    fn one_that_needs_several_gathers_them() {
        let expected = ["o    ", "│    ", "│ o  ", "│ │  ", "│ │ o", "│ │  ", "o─┘  ", "     "];
        assert_eq!(drawn(&[&[], &[], &[], &[0, 1]], false), expected);
    }

    #[test]
    fn lines_cross_what_has_nothing_to_do_with_them() {
        let expected = [
            "o    ",
            "│    ",
            "│ o  ",
            "│ │  ",
            "├─┼─o",
            "│ │  ",
            "│ o  ",
            "│    ",
            "o    ",
            "     ",
        ];
        assert_eq!(drawn(&[&[], &[], &[0], &[1], &[0]], false), expected);
    }

    #[test]
    fn a_step_that_stands_out_has_another_node() {
        let rows = gutter(&[Vec::new()], &[true], false);
        assert_eq!(rows, [Row { head: "!".to_owned(), below: " ".to_owned() }]);
    }
}
