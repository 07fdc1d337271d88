/**
 * Recurrent cells, their wrappers, static and dynamic unrolling, attention and sequence decoding.
 */
package dev.millrace.rnn;
