//! Openings, found by testing every quarter of an hour.

use std::rc::Rc;

use crate::law_cases::HORIZON;
use crate::law_oracle::Spot;

const QUARTER: i64 = 15 * 60;

/// Open or closed at each quarter of an hour between two instants.
pub(crate) struct Grid {
    start: i64,
    is_open: Vec<bool>,
}

/// The grids of the spots met so far.
pub(crate) struct Grids {
    start: i64,
    end: i64,
    known: Vec<(Spot, Rc<Vec<bool>>)>,
}

impl Grids {
    pub(crate) fn new(start: i64, end: i64) -> Self {
        Self {
            start,
            end,
            known: Vec::new(),
        }
    }

    pub(crate) fn all_open(&mut self, spots: &[Spot]) -> Grid {
        let quarters = usize::try_from((self.end - self.start) / QUARTER).unwrap();
        let mut is_open = vec![true; quarters];
        for spot in spots {
            for (all, one) in is_open.iter_mut().zip(self.of(spot).iter()) {
                *all &= one;
            }
        }
        Grid {
            start: self.start,
            is_open,
        }
    }

    fn of(&mut self, spot: &Spot) -> Rc<Vec<bool>> {
        if let Some((_, grid)) = self.known.iter().find(|(known, _)| known == spot) {
            return Rc::clone(grid);
        }
        let seconds = (self.start..self.end).step_by(QUARTER.try_into().unwrap());
        let grid = Rc::new(seconds.map(|second| spot.is_open(second)).collect());
        self.known.push((spot.clone(), Rc::clone(&grid)));
        grid
    }
}

impl Grid {
    /// The first open quarter of an hour from an instant to the horizon.
    pub(crate) fn next_open(&self, from: i64) -> Option<i64> {
        let skipped = usize::try_from((from - self.start + QUARTER - 1) / QUARTER).unwrap();
        let opening = self.is_open.iter().skip(skipped).position(|open| *open)?;
        let second = self.start + i64::try_from(skipped + opening).unwrap() * QUARTER;
        (second <= from + HORIZON).then_some(second)
    }
}
