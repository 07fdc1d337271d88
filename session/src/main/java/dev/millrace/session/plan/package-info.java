/**
 * Plans: from the part of a graph that a run needs to steps bound to memory.
 *
 * <p>{@link dev.millrace.session.plan.Compiler} lists the passes in order. A plan graph is made
 * from the user's graph, simplified, ordered and cut into segments; each segment is specialised for
 * the shapes that turn up, gets its memory planned, and is bound to it.
 */
package dev.millrace.session.plan;
