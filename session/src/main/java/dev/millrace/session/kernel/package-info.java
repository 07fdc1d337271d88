/**
 * The interface between plans and fast kernels: what a kernel is told of a node, and what it gives
 * back, a step bound to memory.
 */
package dev.millrace.session.kernel;
