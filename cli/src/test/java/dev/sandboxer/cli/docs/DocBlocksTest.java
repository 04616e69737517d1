package dev.sandboxer.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.docs.DocPage.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each block of commands in the documentation is run by {@link DocsIT} or says why not. */
class DocBlocksTest {
    private final List<DocPage> pages = DocPages.all();

    @Test
    void every_block_is_run_or_says_why_not() {
        assertThat(pages)
                .extracting(DocPage::path)
                .contains("README.md", "docs/operate.md", "examples/fin-hub/README.md");
        assertThat(pages).flatExtracting(DocPage::mistakes).isEmpty();
    }

    @Test
    void most_blocks_are_run() {
        var steps = pages.stream().flatMap(page -> page.steps().stream()).toList();
        var run = steps.stream()
                .filter(step -> step.kind() == Kind.SHELL || step.kind() == Kind.CONSOLE)
                .count();
        var notRun = steps.stream().filter(step -> step.kind() == Kind.NOT_RUN).count();

        assertThat(run).isGreaterThan(notRun);
    }
}
