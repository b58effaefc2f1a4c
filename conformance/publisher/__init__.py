"""What the publisher's public faces say, read as a relying party reads them: over HTTP, from the certificate's URLs."""
