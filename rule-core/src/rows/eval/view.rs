//! What an expression sees: a row, and what comes from outside of it.

use alloc::borrow::Cow;

use crate::rows::steps::Steps;
use crate::rows::{Context, Row};
use crate::search::{Field, Fields};
use crate::value::Value;

/// A row, with single values in the place of fields of several where `mvmap` and
/// `mvfilter` go through them.
#[derive(Clone, Copy, Debug)]
pub(in crate::rows) struct View<'v> {
    row: &'v Row,
    pub(super) context: &'v Context<'v>,
    /// What computing the expression may take.
    pub(super) steps: &'v Steps<'v>,
    single: Option<Single<'v>>,
}

#[derive(Clone, Copy, Debug)]
struct Single<'v> {
    field: &'v str,
    value: &'v Value,
    around: &'v View<'v>,
}

impl<'v> View<'v> {
    pub(super) fn new(row: &'v Row, context: &'v Context<'v>, steps: &'v Steps<'v>) -> Self {
        View {
            row,
            context,
            steps,
            single: None,
        }
    }

    /// The same with one value of a field for the field.
    pub(super) fn with<'w>(&'w self, field: &'w str, value: &'w Value) -> View<'w> {
        View {
            row: self.row,
            context: self.context,
            steps: self.steps,
            single: Some(Single {
                field,
                value,
                around: self,
            }),
        }
    }

    pub(super) fn get(&self, name: &str) -> &Value {
        let mut view = self;
        while let Some(single) = &view.single {
            if single.field == name {
                return single.value;
            }
            view = single.around;
        }
        self.row.get(name)
    }
}

impl Fields for View<'_> {
    fn any(&self, field: &Field, test: &mut dyn FnMut(&str) -> bool) -> Option<bool> {
        let value = self.get(&field.name);
        if value.is_null() {
            return None;
        }
        let mut texts = value.each().iter().filter_map(Value::text);
        Some(texts.any(|text| test(&text)))
    }

    fn raw(&self) -> Cow<'_, str> {
        self.get("_raw").text().unwrap_or_default()
    }
}
