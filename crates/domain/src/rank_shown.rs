//! What a term tells its students of their rank.

use crate::names::names;

/// What students are told of their rank (product.md, "Privacy").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum RankShown {
    /// Nothing.
    #[default]
    Hidden,
    /// A band instead of a number: 优, 良, 及格 or 待提高.
    Bands,
}

names!(RankShown, "what is shown of a rank", {
    Hidden => "hidden",
    Bands => "bands",
});
