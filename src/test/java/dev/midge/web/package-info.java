/// The web site from the outside: what browsers, scripts and strangers get over HTTP.
@NullMarked
package dev.midge.web;

import org.jspecify.annotations.NullMarked;
