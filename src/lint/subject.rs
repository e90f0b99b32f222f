//! What rules look at: a chart with its values and what it rendered to, or manifests that somebody else rendered.

use std::cell::OnceCell;

use super::object::{Object, Pod};
use super::postgresql::{Content, Server};
use super::template::Parsed;
use crate::chart::{Chart, Tree};
use crate::diagnostic::{Sources, Span};
use crate::engine::ReleaseInfo;
use crate::release::Configured;
use crate::yaml::{Mapping, Node};

/// Everything that a rule may look at; what could not be read or rendered is missing.
pub struct Subject<'a> {
    /// The texts that places point into.
    pub(super) sources: &'a Sources,
    /// The chart's files.
    pub(super) tree: Option<&'a Tree>,
    /// Chart.yaml with its places.
    pub(super) chart_file: Option<&'a Node>,
    /// The chart with its values.
    pub(super) configured: Option<&'a Configured>,
    /// The layers of the values that the user gave, in the order of precedence from low to high, each by itself.
    pub(super) layers: &'a [Mapping],
    /// Name and namespace.
    pub(super) release: &'a ReleaseInfo,
    /// What was rendered, hooks included.
    pub(super) objects: Vec<Object<'a>>,
    /// Whether everything that should render did: rules about what is missing wait for that.
    pub(super) complete: bool,
    /// What several rules look at, made when the first one asks.
    pub(super) shared: Shared<'a>,
}

/// What is made of the rest once for all rules.
#[derive(Default)]
pub(super) struct Shared<'a> {
    servers: OnceCell<Vec<Server<'a>>>,
    templates: OnceCell<Vec<Parsed<'a>>>,
    texts: OnceCell<Vec<Content<'a>>>,
}

impl<'a> Subject<'a> {
    /// The objects of a kind.
    pub(super) fn of_kind<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'s Object<'a>> {
        self.objects.iter().filter(move |object| object.kind() == kind)
    }

    /// The objects that make pods, with what the pods are made from.
    pub(super) fn pods(&self) -> impl Iterator<Item = (&Object<'a>, Pod<'a>)> {
        self.objects.iter().filter_map(|object| Some((object, object.pod?)))
    }

    /// The object of a kind and name.
    pub(super) fn find(&self, kind: &str, name: &str) -> Option<&Object<'a>> {
        self.objects.iter().find(|object| object.kind() == kind && object.name() == name)
    }

    /// The root chart.
    pub(super) fn chart(&self) -> Option<&'a Chart> {
        self.configured.map(|configured| &configured.chart)
    }

    /// Whether the values are those of a chart of the PostgreSQL contract, which have checks of their own.
    pub(super) fn is_postgresql(&self) -> bool {
        self.chart().is_some_and(Chart::is_postgresql)
    }

    /// Where the head of an object stands: its name, else its beginning.
    pub(super) fn head(object: &Object<'_>) -> Span {
        object.at(&["metadata", "name"]).map_or(object.root().span, |node| node.span)
    }

    /// The PostgreSQL servers among the objects.
    pub(super) fn servers(&self) -> &[Server<'a>] {
        self.shared.servers.get_or_init(|| super::postgresql::servers(self))
    }

    /// The minijinja templates of the root chart.
    pub(super) fn templates(&self) -> &[Parsed<'a>] {
        self.shared.templates.get_or_init(|| super::template::parse(self))
    }

    /// The texts of the objects: what ConfigMaps hold, and the words of containers.
    pub(super) fn texts(&self) -> &[Content<'a>] {
        self.shared.texts.get_or_init(|| super::postgresql::texts(self))
    }
}
