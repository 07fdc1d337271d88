/**
 * The symbolic graph: operations, outputs, partially known shapes, attributes, scopes, collections
 * and op definitions, and the file formats that carry them. Nothing here computes; see {@code
 * dev.millrace.session} for that.
 */
package dev.millrace.graph;
