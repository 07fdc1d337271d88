/**
 * Runs the conformance fixtures: graphs that carry their inputs and the values that TensorFlow
 * computed from them.
 */
package dev.millrace.cli.conformance;
