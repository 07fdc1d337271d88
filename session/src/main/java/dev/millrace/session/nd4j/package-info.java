/** The border to ND4J: starting its backend, and arrays going in and out. */
package dev.millrace.session.nd4j;
