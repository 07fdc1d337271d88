/** Traces: what the steps of runs were, and how long each took. */
package dev.millrace.session.trace;
