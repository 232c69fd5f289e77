"""The record as HL7 FHIR R4: each resource made of our rows when it is asked for, and read alone."""
