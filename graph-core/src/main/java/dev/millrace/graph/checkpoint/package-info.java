/**
 * TensorFlow's checkpoints as files: the bundles of version 2 (an index table and data files), read
 * and written, the single files of version 1, and the file {@code checkpoint} that names the
 * latest. Knows tensors by name; which variables they belong to is the saver's affair.
 */
package dev.millrace.graph.checkpoint;
