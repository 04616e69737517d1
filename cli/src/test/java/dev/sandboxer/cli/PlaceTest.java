package dev.sandboxer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlaceTest {
    @Test
    void an_empty_path_inside_is_the_home_and_never_the_root() {
        assertThat(Place.parse("s7abc:")).isEqualTo(new Place("s7abc", "~"));
        assertThat(Place.parse("s7abc:/")).isEqualTo(new Place("s7abc", "/"));
    }
}
