package dev.millrace.examples;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Every Java snippet of docs/tour.md is a part of a program that the tests run. */
class TourTest {
  @Test
  void snippetsAreTested() throws IOException {
    Snippets.assertTested("tour.md", ProgramsTest.class);
  }
}
