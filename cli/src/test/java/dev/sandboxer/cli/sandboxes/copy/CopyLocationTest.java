package dev.sandboxer.cli.sandboxes.copy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CopyLocationTest {
    @Test
    void an_empty_path_inside_is_the_home_and_never_the_root() {
        assertThat(CopyLocation.parse("s7abc:")).isEqualTo(new CopyLocation("s7abc", "~"));
        assertThat(CopyLocation.parse("s7abc:/")).isEqualTo(new CopyLocation("s7abc", "/"));
    }

    @Test
    void any_prefix_of_an_id_means_a_path_in_the_sandbox() {
        assertThat(CopyLocation.parse("s7a:greeting")).isEqualTo(new CopyLocation("s7a", "greeting"));
        assertThat(CopyLocation.parse("./s7a:greeting").inside()).isFalse();
        assertThat(CopyLocation.parse("dir/s7a:x").inside()).isFalse();
    }
}
