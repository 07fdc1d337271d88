/** Decompositions of small dense matrices, in double, written to be read. */
package dev.millrace.session.linalg;
