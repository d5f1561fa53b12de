<?xml version="1.0" encoding="UTF-8"?>
<!-- The app's manifest with what the Gradle plugin adds to it: names, versions, and what the debug build's manifest has. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:android="http://schemas.android.com/apk/res/android">
  <xsl:param name="package"/>
  <xsl:param name="code"/>
  <xsl:param name="version"/>
  <xsl:param name="min"/>
  <xsl:param name="target"/>
  <xsl:param name="debug"/>
  <xsl:variable name="added" select="document(concat('file://', $debug))/manifest"/>

  <xsl:template match="/manifest">
    <manifest package="{$package}" android:versionCode="{$code}" android:versionName="{$version}">
      <uses-sdk android:minSdkVersion="{$min}" android:targetSdkVersion="{$target}"/>
      <xsl:copy-of select="@* | node()[not(self::application)]"/>
      <xsl:copy-of select="$added/*[not(self::application)]"/>
      <application android:extractNativeLibs="false">
        <xsl:copy-of select="application/@* | application/node() | $added/application/node()"/>
      </application>
    </manifest>
  </xsl:template>
</xsl:stylesheet>
