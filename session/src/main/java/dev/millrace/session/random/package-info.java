/**
 * Random numbers as TensorFlow draws them: the Philox 4x32-10 generator, the streams that nodes
 * own, and the distributions made of them.
 */
package dev.millrace.session.random;
