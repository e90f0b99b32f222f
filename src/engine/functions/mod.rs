//! The registry of template functions: Helm's names and results, each usable as a function (`quote(x)`, Helm's
//! argument order) and as a filter (`x | quote`, the piped value being the last argument).

mod arguments;
mod case;
mod certificates;
mod compare;
mod convert;
mod crypto;
mod dates;
mod der;
mod dicts;
mod dsa;
mod duration;
mod encoding;
mod escape;
mod flow;
mod hashes;
mod json;
mod keys;
mod layout;
mod layout_read;
mod lists;
mod math;
mod paths;
mod printf;
mod random;
mod regex;
mod render;
mod strings;
mod time;
mod toml;
mod types;
mod urls;
mod versions;
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
const GROUPS: [&[Function]; 25] = [
    case::FUNCTIONS,
    certificates::FUNCTIONS,
    compare::FUNCTIONS,
    convert::FUNCTIONS,
    crypto::FUNCTIONS,
    dates::FUNCTIONS,
    dicts::FUNCTIONS,
    encoding::FUNCTIONS,
    escape::FUNCTIONS,
    flow::FUNCTIONS,
    hashes::FUNCTIONS,
    json::FUNCTIONS,
    lists::FUNCTIONS,
    math::FUNCTIONS,
    paths::FUNCTIONS,
    printf::FUNCTIONS,
    random::FUNCTIONS,
    regex::FUNCTIONS,
    render::FUNCTIONS,
    strings::FUNCTIONS,
    toml::FUNCTIONS,
    types::FUNCTIONS,
    urls::FUNCTIONS,
    versions::FUNCTIONS,
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
