//! The template engine: a chart's `.j2` files through minijinja, with Helm's objects and functions, strict about
//! what is not there, bounded in time and depth, and with a map from every output byte back to its template.

mod bounds;
mod call_chain;
mod capabilities;
mod entropy;
mod failure;
mod files;
mod functions;
mod live;
mod objects;
mod print;
mod references;
mod resolve;
mod source_map;

use std::collections::HashMap;
use std::sync::Arc;

use minijinja::value::Value;
use minijinja::{Environment, UndefinedBehavior};

pub use capabilities::Capabilities;
pub use entropy::Entropy;
pub use functions::{Function, all as functions};
pub use live::{Live, Wanted};
pub use objects::{Objects, ReleaseInfo};
pub use references::{Reference, references, value_paths};
pub use source_map::SourceMap;

use crate::chart::{Chart, Origin, Template};
use crate::diagnostic::{self, Diagnostic, SourceId, Sources, Span};

/// Instructions one template may take, 64 bytes of a text counting as one; the built-in chart's largest takes about 20 000.
const FUEL: u64 = 1_000_000;
/// Templates, macros and blocks inside each other.
const RECURSION: usize = 200;
/// Bytes all templates may write.
const MAX_OUTPUT: usize = 64 * 1024 * 1024;

/// The text of one rendered template.
#[derive(Debug)]
pub struct Rendered {
    /// `postgresql/templates/service.yaml`, as `# Source:` shows it.
    pub path: String,
    /// What it rendered to.
    pub text: String,
    /// Where each byte of the text comes from.
    pub map: Arc<SourceMap>,
}

impl Rendered {
    /// A file that is its own result.
    pub fn verbatim(path: String, text: String, source: SourceId) -> Self {
        let map = Arc::new(SourceMap::verbatim(source, text.len()));
        Self { path, text, map }
    }
}

/// The templates of a chart and its subcharts, compiled.
pub struct Engine {
    env: Environment<'static>,
    templates: Vec<Located>,
    names: HashMap<String, SourceId>,
    entropy: Arc<Entropy>,
}

/// A template and the chart that it belongs to.
#[derive(Clone, Debug)]
struct Located {
    /// The path of the chart: `app`, `app/charts/redis`.
    chart: String,
    template: Template,
}

impl Located {
    fn name(&self) -> String {
        format!("{}/{}", self.chart, self.template.path)
    }

    fn output_path(&self) -> String {
        format!("{}/{}", self.chart, self.template.output_path())
    }
}

impl Engine {
    /// Compiles every template of a chart and its subcharts; of a library chart only what others can use.
    ///
    /// # Errors
    /// Every template that does not parse, and templates that are not minijinja's.
    pub fn new(chart: &Chart, sources: &Sources) -> Result<Self, Vec<Diagnostic>> {
        let mut templates: Vec<Located> = Vec::new();
        for (path, chart) in chart.family() {
            let usable = chart.templates.iter().filter(|template| !chart.is_library() || template.is_partial());
            templates.extend(usable.map(|template| Located { chart: path.clone(), template: template.clone() }));
        }
        // Helm writes files in the order of their paths.
        templates.sort_by_key(Located::output_path);
        let mut env = Environment::new();
        configure(&mut env, templates.iter().map(Located::name));
        let mut names = HashMap::new();
        let foreign = *chart.tree.origin() != Origin::Builtin;
        let mut errors = foreign_templates(&templates, sources);
        for located in templates.iter().filter(|located| located.template.is_jinja()) {
            let name = located.name();
            let text = sources.get(located.template.source).text.to_string();
            names.insert(name.clone(), located.template.source);
            if foreign && let Some((at, message)) = bounds::exceeded(&text) {
                errors.push(Diagnostic::error(message).at(Span::new(located.template.source, at..at + 1), ""));
                continue;
            }
            if let Err(error) = env.add_template_owned(name.clone(), text) {
                errors
                    .push(failure::Report { names: &names, sources, context: None, template: &name }.diagnose(&error));
            }
        }
        if errors.is_empty() { Ok(Self { env, templates, names, entropy: Arc::default() }) } else { Err(errors) }
    }

    /// The same with randomness and a clock; without, random functions fail.
    #[must_use]
    pub fn with_entropy(mut self, entropy: Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self.env.add_global(entropy::NAME, Value::from_dyn_object(Arc::clone(&self.entropy)));
        self
    }

    /// The same with a live cluster for `lookup`; without, it finds nothing.
    #[must_use]
    pub fn with_live(mut self, live: Live) -> Self {
        self.env.add_global(live::NAME, Value::from_object(live));
        self
    }

    /// Renders every template but partials, in path order; NOTES come with the rest.
    ///
    /// # Errors
    /// One diagnostic per template that failed.
    pub fn render(&self, objects: &Objects, sources: &Sources) -> Result<Vec<Rendered>, Vec<Diagnostic>> {
        let (rendered, errors) = self.attempt(objects, sources);
        if errors.is_empty() { Ok(rendered) } else { Err(errors) }
    }

    /// The same, with what rendered beside the errors of what did not.
    pub fn attempt(&self, objects: &Objects, sources: &Sources) -> (Vec<Rendered>, Vec<Diagnostic>) {
        let mut rendered = Vec::new();
        let mut errors = Vec::new();
        let mut left = MAX_OUTPUT;
        for located in self.templates.iter().filter(|located| !located.template.is_partial()) {
            match self.render_one(located, objects, sources, &mut left) {
                Ok(output) => rendered.push(output),
                Err(error) => errors.push(*error),
            }
        }
        (rendered, diagnostic::dedup(errors))
    }

    fn render_one(
        &self,
        located: &Located,
        objects: &Objects,
        sources: &Sources,
        left: &mut usize,
    ) -> Result<Rendered, Box<Diagnostic>> {
        let path = located.output_path();
        let source = located.template.source;
        if !located.template.is_jinja() {
            let text = sources.get(source).text.to_string();
            return Ok(Rendered::verbatim(path, text, source));
        }
        let context = objects.context(&located.chart, &path);
        let name = located.name();
        self.entropy.begin(&name);
        let result = self.env.get_template(&name).and_then(|compiled| compiled.render_with_spans(context.clone()));
        let (text, spans) = result.map_err(|error| {
            let report = failure::Report { names: &self.names, sources, context: Some(&context), template: &name };
            Box::new(report.diagnose(&error))
        })?;
        *left = left.checked_sub(text.len()).ok_or_else(|| {
            // Whichever template it was, the chart as a whole is told.
            Box::new(Diagnostic::error(format!("the chart renders to more than {MAX_OUTPUT} bytes")))
        })?;
        let map = Arc::new(SourceMap::new(spans, &self.names));
        Ok(Rendered { path, text, map })
    }
}

/// Sets up an environment for the templates of these names.
fn configure(env: &mut Environment<'static>, names: impl Iterator<Item = String>) {
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_syntax(
        minijinja::syntax::SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()
            .expect("the default delimiters are valid"),
    );
    env.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(RECURSION);
    env.set_debug(true);
    env.set_formatter(|out, _, value| {
        if value.is_undefined() {
            return Err(minijinja::Error::from(minijinja::ErrorKind::UndefinedError));
        }
        if value.is_none() {
            return Ok(());
        }
        if let Some(text) = value.as_str() {
            out.write_str(text)?;
            return Ok(());
        }
        let text = print::print(value);
        if text.len() > MAX_OUTPUT {
            return Err(minijinja::Error::from(minijinja::ErrorKind::OutOfFuel));
        }
        out.write_str(&text)?;
        Ok(())
    });
    env.set_path_join_callback(resolve::resolver(names.collect()));
    functions::register(env);
}

/// Helm's Go templates cannot be rendered; a file without any action is its own result and may stay.
fn foreign_templates(templates: &[Located], sources: &Sources) -> Vec<Diagnostic> {
    let with_action =
        |located: &&Located| !located.template.is_jinja() && sources.get(located.template.source).text.contains("{{");
    let mut foreign = templates.iter().filter(with_action);
    let Some(first) = foreign.next() else { return Vec::new() };
    let others = foreign.count();
    let source = first.template.source;
    let at = sources.get(source).text.find("{{").unwrap_or(0);
    let mut message =
        format!("`{}` is a Go template; only templates whose names end in `.j2` are rendered", first.output_path());
    if others > 0 {
        message = format!("{message} ({others} more like it)");
    }
    vec![Diagnostic::error(message).at(Span::new(source, at..at + 2), "Go's template syntax")]
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("templates", &self.templates.len()).finish_non_exhaustive()
    }
}
