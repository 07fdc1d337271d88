package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** docs/ops.md says what is there. With {@code -Dmillrace.record=true} it is written anew. */
class OpsPageTest {
  @Test
  void thePageSaysWhatIsThere() throws Exception {
    OpsPage page = new OpsPage();
    if (Boolean.getBoolean("millrace.record")) {
      page.write();
    }
    assertThat(page.unexplained()).as("op types that are missing without a reason").isEmpty();
    assertThat(Files.readString(OpsPage.file(), StandardCharsets.UTF_8))
        .as("docs/ops.md is stale: docs/building.md says how to make it anew")
        .isEqualTo(page.text());
  }
}
