/** Starting ND4J and its native libraries. */
package dev.millrace.session.nd4j;
