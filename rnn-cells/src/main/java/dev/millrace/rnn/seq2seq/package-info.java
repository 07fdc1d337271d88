/** Sequence to sequence: attention, decoders, beam search. */
package dev.millrace.rnn.seq2seq;
