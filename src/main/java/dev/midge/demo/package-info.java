/// Demo traffic: a factory line, a grid of electricity meters and a clock, none of which exist, so
/// that whoever subscribes for the first time sees something at once. Driven by chance, time and
/// steps that are passed in: the same seed tells the same story. Uses `packet`; who publishes what
/// it makes is no concern of this room.
@NullMarked
package dev.midge.demo;

import org.jspecify.annotations.NullMarked;
