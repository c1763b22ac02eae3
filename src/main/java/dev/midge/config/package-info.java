/// What users configure, read strictly: YAML files whose keys are known by their lines, questions
/// to them that check each answer, and all that is wrong with them told at once, in words. Knows
/// what a setting is, not which settings there are.
@NullMarked
package dev.midge.config;

import org.jspecify.annotations.NullMarked;
