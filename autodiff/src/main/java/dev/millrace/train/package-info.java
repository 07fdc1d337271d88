/** Optimizers, gradient clipping, learning-rate schedules and moving averages. */
package dev.millrace.train;
