package dev.sandboxer.cli.sandboxes.copy;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListingLimitTest {
    @Test
    void a_listing_that_exceeds_memory_is_refused_with_advice() {
        var listing = new ListingLimit(1 << 20);

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> {
                    while (true) {
                        listing.counted(entry("name"));
                    }
                })
                .withMessageContaining("too many files")
                .withMessageContaining("tar");
    }

    @Test
    void files_left_behind_count_too() {
        var listing = new ListingLimit(1 << 20);

        assertThatExceptionOfType(SandboxException.class).isThrownBy(() -> {
            while (true) {
                listing.counted("left behind");
            }
        });
    }

    @Test
    void any_number_of_directories_can_be_copied_in_turn() {
        var listing = new ListingLimit(1 << 20);

        assertThatCode(() -> {
                    for (int directory = 0; directory < 1000; directory++) {
                        var entries = new ArrayList<FileEntry>();
                        for (int i = 0; i < 100; i++) {
                            entries.add(listing.counted(entry("name" + i)));
                        }
                        listing.release(List.copyOf(entries));
                    }
                })
                .doesNotThrowAnyException();
    }

    private static FileEntry entry(String name) {
        return FileEntry.builder("/" + name, FileType.FILE).mode(0_644).size(1).build();
    }
}
