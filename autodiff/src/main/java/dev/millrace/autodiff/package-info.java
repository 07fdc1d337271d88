/**
 * Symbolic gradients: one gradient function for each op type, and the driver that accumulates them
 * along the graph.
 */
package dev.millrace.autodiff;
