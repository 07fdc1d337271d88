/** Off-heap memory of the CPU: blocks, and the regions of them in which tensors lie. */
package dev.millrace.session.memory;
