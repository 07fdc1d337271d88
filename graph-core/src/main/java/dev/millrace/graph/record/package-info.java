/** Files of records, as TensorFlow frames them: examples and event files are such files. */
package dev.millrace.graph.record;
