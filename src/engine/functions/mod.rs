//! The registry of template functions: Helm's names and results, each usable as a function (`quote(x)`, Helm's
//! argument order) and as a filter (`x | quote`, the piped value being the last argument).

mod arguments;
mod dicts;
mod encoding;
mod flow;
mod json;
mod lists;
mod math;
mod render;
mod strings;
mod toml;
mod yaml;

use minijinja::value::{Rest, Value};
use minijinja::{Environment, Error, State};

pub(super) use arguments::Arguments;
pub(super) use render::Failure;

/// One function of the registry.
#[derive(Clone, Copy)]
pub struct Function {
    /// Helm's name.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// A use of it and the result.
    pub example: &'static str,
    /// Whether it accepts values that are not there.
    lenient: bool,
    call: Call,
}

type Call = fn(&mut State<'_, '_>, &Arguments<'_>) -> Result<Value, Error>;

impl Function {
    /// A function that refuses undefined arguments.
    const fn new(name: &'static str, call: Call, summary: &'static str, example: &'static str) -> Self {
        Self { name, summary, example, lenient: false, call }
    }

    /// A function whose point is to deal with what may not be there.
    const fn lenient(name: &'static str, call: Call, summary: &'static str, example: &'static str) -> Self {
        Self { name, summary, example, lenient: true, call }
    }

    fn invoke(&self, state: &mut State<'_, '_>, values: &[Value]) -> Result<Value, Error> {
        if !self.lenient && values.iter().any(Value::is_undefined) {
            let detail = format!("`{}` was given a value that is not there", self.name);
            return Err(Error::new(minijinja::ErrorKind::UndefinedError, detail));
        }
        (self.call)(state, &Arguments::new(self.name, values))
    }
}

/// The functions by topic, one file each.
const GROUPS: [&[Function]; 10] = [
    dicts::FUNCTIONS,
    encoding::FUNCTIONS,
    flow::FUNCTIONS,
    json::FUNCTIONS,
    lists::FUNCTIONS,
    math::FUNCTIONS,
    render::FUNCTIONS,
    strings::FUNCTIONS,
    toml::FUNCTIONS,
    yaml::FUNCTIONS,
];

/// Every function, sorted by name.
pub fn all() -> Vec<Function> {
    let mut list: Vec<Function> = GROUPS.into_iter().flatten().copied().collect();
    list.sort_by_key(|function| function.name);
    list
}

/// Adds the whole registry to an environment, as functions and as filters.
pub(super) fn register(env: &mut Environment<'static>) {
    for function in GROUPS.into_iter().flatten() {
        env.add_function(function.name, |state: &mut State<'_, '_>, values: Rest<Value>| {
            function.invoke(state, &values)
        });
        env.add_filter(function.name, |state: &mut State<'_, '_>, piped: Value, values: Rest<Value>| {
            let mut values = values.to_vec();
            values.push(piped);
            function.invoke(state, &values)
        });
    }
}
