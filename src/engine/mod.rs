//! The template engine: a chart's `.j2` files through minijinja, with Helm's objects and functions, strict about
//! what is not there, bounded in time and depth, and with a map from every output byte back to its template.

mod call_chain;
mod entropy;
mod failure;
mod functions;
mod objects;
mod print;
mod references;
mod source_map;

use std::collections::HashMap;
use std::sync::Arc;

use minijinja::value::Value;
use minijinja::{Environment, UndefinedBehavior};

pub use entropy::Entropy;
pub use functions::{Function, all as functions};
pub use objects::{Capabilities, Objects, ReleaseInfo};
pub use references::{Reference, references};
pub use source_map::SourceMap;

use crate::chart::{Chart, Template};
use crate::diagnostic::{self, Diagnostic, SourceId, Sources, Span};

/// Instructions one template may take; the built-in chart's largest takes about 20 000.
const FUEL: u64 = 5_000_000;
/// Templates, macros and blocks inside each other.
const RECURSION: usize = 200;
/// Bytes one template may write.
const MAX_OUTPUT: usize = 64 * 1024 * 1024;

/// The text of one rendered template.
#[derive(Debug)]
pub struct Rendered {
    /// `postgresql/templates/service.yaml`, as `# Source:` shows it.
    pub path: String,
    /// What it rendered to.
    pub text: String,
    /// Where each byte of the text comes from.
    pub map: SourceMap,
}

impl Rendered {
    /// A file that is its own result.
    pub fn verbatim(path: String, text: String, source: SourceId) -> Self {
        let map = SourceMap::verbatim(source, text.len());
        Self { path, text, map }
    }
}

/// A chart's templates, compiled.
pub struct Engine {
    env: Environment<'static>,
    chart: String,
    templates: Vec<Template>,
    names: HashMap<String, SourceId>,
    entropy: Arc<Entropy>,
}

impl Engine {
    /// Compiles every template of a chart.
    ///
    /// # Errors
    /// Every template that does not parse, and templates that are not minijinja's.
    pub fn new(chart: &Chart, sources: &Sources) -> Result<Self, Vec<Diagnostic>> {
        let mut env = Environment::new();
        configure(&mut env);
        let name = chart.metadata.name.clone();
        let mut names = HashMap::new();
        let mut errors = foreign_templates(chart, sources);
        for template in chart.templates.iter().filter(|template| template.is_jinja()) {
            let full = format!("{name}/{}", template.path);
            let text = sources.get(template.source).text.to_string();
            names.insert(full.clone(), template.source);
            if let Err(error) = env.add_template_owned(full.clone(), text) {
                errors
                    .push(failure::Report { names: &names, sources, context: None, template: &full }.diagnose(&error));
            }
        }
        if errors.is_empty() {
            Ok(Self { env, chart: name, templates: chart.templates.clone(), names, entropy: Arc::default() })
        } else {
            Err(errors)
        }
    }

    /// The same with randomness and a clock; without, random functions fail.
    #[must_use]
    pub fn with_entropy(mut self, entropy: Entropy) -> Self {
        self.entropy = Arc::new(entropy);
        self.env.add_global(entropy::NAME, Value::from_dyn_object(Arc::clone(&self.entropy)));
        self
    }

    /// Renders every template but partials, in path order; NOTES come with the rest.
    ///
    /// # Errors
    /// One diagnostic per template that failed.
    pub fn render(&self, objects: &Objects, sources: &Sources) -> Result<Vec<Rendered>, Vec<Diagnostic>> {
        let mut rendered = Vec::new();
        let mut errors = Vec::new();
        for template in self.templates.iter().filter(|template| !template.is_partial()) {
            match self.render_one(template, objects, sources) {
                Ok(output) => rendered.push(output),
                Err(error) => errors.push(*error),
            }
        }
        if errors.is_empty() { Ok(rendered) } else { Err(diagnostic::dedup(errors)) }
    }

    fn render_one(
        &self,
        template: &Template,
        objects: &Objects,
        sources: &Sources,
    ) -> Result<Rendered, Box<Diagnostic>> {
        let path = format!("{}/{}", self.chart, template.output_path());
        if !template.is_jinja() {
            let text = sources.get(template.source).text.to_string();
            return Ok(Rendered::verbatim(path, text, template.source));
        }
        let context = objects.context(&path, &format!("{}/templates", self.chart));
        let full = format!("{}/{}", self.chart, template.path);
        self.entropy.begin(&full);
        let result = self.env.get_template(&full).and_then(|compiled| compiled.render_with_spans(context.clone()));
        let (text, spans) = result.map_err(|error| {
            let report = failure::Report { names: &self.names, sources, context: Some(&context), template: &full };
            Box::new(report.diagnose(&error))
        })?;
        if text.len() > MAX_OUTPUT {
            let message = format!("`{path}` rendered to more than {MAX_OUTPUT} bytes");
            return Err(Box::new(Diagnostic::error(message).at(Span::new(template.source, 0..0), "")));
        }
        let map = SourceMap::new(spans, &self.names);
        Ok(Rendered { path, text, map })
    }
}

fn configure(env: &mut Environment<'static>) {
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
        match value.as_str() {
            Some(text) => out.write_str(text)?,
            None => out.write_str(&print::print(value))?,
        }
        Ok(())
    });
    // A relative name means a file beside the chart's other templates.
    env.set_path_join_callback(|name, parent| {
        let chart = parent.split_once('/').map_or(parent, |(chart, _)| chart);
        if name.starts_with(&format!("{chart}/")) {
            name.to_owned().into()
        } else {
            format!("{chart}/templates/{}", name.trim_start_matches("templates/")).into()
        }
    });
    functions::register(env);
}

/// Helm's Go templates cannot be rendered yet; a file without any action is its own result and may stay.
fn foreign_templates(chart: &Chart, sources: &Sources) -> Vec<Diagnostic> {
    let with_action = |template: &&Template| !template.is_jinja() && sources.get(template.source).text.contains("{{");
    let mut foreign = chart.templates.iter().filter(with_action);
    let Some(first) = foreign.next() else { return Vec::new() };
    let others = foreign.count();
    let text = &sources.get(first.source).text;
    let at = text.find("{{").unwrap_or(0);
    let mut message =
        format!("`{}` is a Go template; this version renders templates whose names end in `.j2`", first.path);
    if others > 0 {
        message = format!("{message} ({others} more like it)");
    }
    vec![Diagnostic::error(message).at(Span::new(first.source, at..at + 2), "Go's template syntax")]
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("chart", &self.chart)
            .field("templates", &self.templates.len())
            .finish_non_exhaustive()
    }
}
