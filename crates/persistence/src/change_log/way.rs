//! How people enter blocks of scores.

macro_rules! ways {
    ($($(#[$doc:meta])* $way:ident = $name:literal),+ $(,)?) => {
        /// How a person entered a block of scores.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Way {
            $($(#[$doc])* $way,)+
        }

        impl Way {
            /// Every way.
            pub const ALL: &[Self] = &[$(Self::$way),+];

            /// The stored name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$way => $name,)+ }
            }

            /// The way with this name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($name => Some(Self::$way),)+ _ => None }
            }
        }
    };
}

ways! {
    /// Typed into cells.
    Typed = "typed",
    /// Pasted as a block.
    Paste = "paste",
    /// Copied down or across.
    Fill = "fill",
    /// Emptied as a block.
    Clear = "clear",
    /// An earlier batch was taken back.
    Undo = "undo",
    /// What was taken back was done again.
    Redo = "redo",
}
