/** The fast kernels of the CPU, on off-heap memory. */
package dev.millrace.session.cpu;
