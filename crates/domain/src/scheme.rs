//! A course's scheme: how its assessments make up the total.

use std::collections::BTreeSet;

use crate::ids::{AssessmentId, CategoryId};
use crate::names::names;
use crate::points::Points;
use crate::weight::Weight;

/// How the assessments of a category make its percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aggregation {
    /// Σ value / Σ max_score.
    Points,
    /// The mean of the assessments' percentages.
    Mean,
    /// The mean of the assessments' percentages, weighted by their own weights.
    Weighted,
}

names!(Aggregation, "an aggregation", {
    Points => "points",
    Mean => "mean",
    Weighted => "weighted",
});

/// What an absence means for the total, in both readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AbsentPolicy {
    /// As if 0 had been scored.
    CountsZero,
    /// As if excused.
    LeftOut,
}

names!(AbsentPolicy, "an absence policy", {
    CountsZero => "zero",
    LeftOut => "left_out",
});

/// A category's part in the scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CategoryScheme {
    /// Which category.
    pub id: CategoryId,
    /// Its share in the course.
    pub weight: Weight,
    /// How its assessments are put together.
    pub aggregation: Aggregation,
    /// How many assessments to drop so that the percentage becomes highest.
    pub drop_lowest: u32,
    /// How many of the others to drop so that the percentage becomes lowest.
    pub drop_highest: u32,
}

/// An assessment's part in the scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AssessmentScheme {
    /// Which assessment.
    pub id: AssessmentId,
    /// The category it belongs to.
    pub category: CategoryId,
    /// Full marks.
    pub max_score: Points,
    /// Its share in the category; read by [`Aggregation::Weighted`] only.
    pub weight: Weight,
}

/// How a course's assessments make up its total.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scheme {
    /// What an absence means.
    pub absent: AbsentPolicy,
    /// The categories, in display order.
    pub categories: Vec<CategoryScheme>,
    /// The assessments of all categories, in display order.
    pub assessments: Vec<AssessmentScheme>,
}

/// What is wrong with a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SchemeError {
    /// Two categories with one id.
    #[error("category {0} appears twice")]
    DuplicateCategory(CategoryId),
    /// Two assessments with one id.
    #[error("assessment {0} appears twice")]
    DuplicateAssessment(AssessmentId),
    /// An assessment in a category that the scheme does not have.
    #[error("assessment {assessment} is in the unknown category {category}")]
    UnknownCategory {
        /// The assessment.
        assessment: AssessmentId,
        /// The category that it names.
        category: CategoryId,
    },
    /// Full marks of zero or less, of which no percentage can be taken.
    #[error("assessment {0} needs full marks above zero")]
    MaxScoreNotPositive(AssessmentId),
}

impl Scheme {
    /// Checks that every assessment can count. Weights of zero are allowed: such a part is
    /// shown and does not count.
    ///
    /// # Errors
    /// The first fault found, categories before assessments. [`total`](crate::total())
    /// accepts faulty schemes too and leaves out what cannot count.
    pub fn validate(&self) -> Result<(), SchemeError> {
        let mut categories = BTreeSet::new();
        for category in &self.categories {
            if !categories.insert(category.id) {
                return Err(SchemeError::DuplicateCategory(category.id));
            }
        }
        let mut assessments = BTreeSet::new();
        for assessment in &self.assessments {
            if !assessments.insert(assessment.id) {
                return Err(SchemeError::DuplicateAssessment(assessment.id));
            }
            if !categories.contains(&assessment.category) {
                return Err(SchemeError::UnknownCategory {
                    assessment: assessment.id,
                    category: assessment.category,
                });
            }
            if assessment.max_score <= Points::ZERO {
                return Err(SchemeError::MaxScoreNotPositive(assessment.id));
            }
        }
        Ok(())
    }
}
